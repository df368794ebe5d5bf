using Radapt.Adaptation.Files;

namespace Radapt.Server;

/// <summary>A model that can be asked.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Title">For people.</param>
/// <param name="Method">Adaptation method.</param>
/// <param name="Backbone">Name or dimensions of the backbone.</param>
/// <param name="ImageSize">Side of the network's input, pixels.</param>
/// <param name="Findings">What it predicts.</param>
/// <param name="Accepts">Which images it may be asked about.</param>
/// <param name="HasConformal">Whether any finding has conformal answers.</param>
/// <param name="Card">The model card, row by row, for people.</param>
internal sealed record ServedAdapter(
    string Name, string Title, string Method, string Backbone, int ImageSize, IReadOnlyList<ServedFinding> Findings,
    ServedAccepts Accepts, bool HasConformal, IReadOnlyList<CardRow> Card);

/// <summary>A finding of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Threshold">Probability, calibrated where it is, from which it is called present; null: none was fitted.</param>
/// <param name="ThresholdRule">How the threshold was chosen.</param>
/// <param name="Calibrated">Whether probabilities are calibrated.</param>
/// <param name="Auroc">On the run's test images; null: not known.</param>
/// <param name="AurocLow">Lower end of its 95 % interval.</param>
/// <param name="AurocHigh">Upper end.</param>
/// <param name="TestImages">Labelled test images.</param>
internal sealed record ServedFinding(
    string Name, double? Threshold, string? ThresholdRule, bool Calibrated, double? Auroc, double? AurocLow, double? AurocHigh,
    int? TestImages);

/// <summary>Which images a model may be asked about.</summary>
/// <param name="Views">Projections.</param>
/// <param name="Modalities">Modalities of DICOM files.</param>
internal sealed record ServedAccepts(IReadOnlyList<string> Views, IReadOnlyList<string> Modalities);

/// <summary>The answer to a request for predictions.</summary>
/// <param name="Images">One entry per image, in the order of the request.</param>
internal sealed record PredictAnswer(IReadOnlyList<ImageAnswer> Images);

/// <summary>What is said of an image.</summary>
/// <param name="Name">Its number in the request: file names may be those of patients.</param>
/// <param name="Status"><c>scored</c>, <c>refused</c> or <c>unreadable</c>.</param>
/// <param name="Reason">Why it is not scored, or would not be.</param>
/// <param name="Notes">What people should know of it.</param>
/// <param name="Guards">What was looked at before it was scored.</param>
/// <param name="Results">By model.</param>
internal sealed record ImageAnswer(
    string Name, string Status, string? Reason, IReadOnlyList<string> Notes, GuardAnswer Guards, IReadOnlyList<ModelAnswer> Results);

/// <summary>What guards saw.</summary>
/// <param name="Kind"><c>dicom</c>, <c>png</c> or <c>jpeg</c>; null: none of these.</param>
/// <param name="Modality">Of a DICOM file.</param>
/// <param name="View"><c>PA</c>, <c>AP</c>, <c>LAT</c> or <c>OTHER</c>; null: not stated.</param>
/// <param name="IsBlank">Hardly anything can be seen in it.</param>
internal sealed record GuardAnswer(string? Kind, string? Modality, string? View, bool IsBlank);

/// <summary>What a model says of an image.</summary>
/// <param name="Adapter">The model.</param>
/// <param name="Status">As <see cref="ImageAnswer.Status"/>, of this model.</param>
/// <param name="Reason">As <see cref="ImageAnswer.Reason"/>.</param>
/// <param name="Findings">None where the image is not scored.</param>
internal sealed record ModelAnswer(string Adapter, string Status, string? Reason, IReadOnlyList<FindingAnswer> Findings);

/// <summary>What a model says of a finding.</summary>
/// <param name="Name">The finding.</param>
/// <param name="Probability">Calibrated where <paramref name="IsCalibrated"/>.</param>
/// <param name="IsCalibrated">Whether the probability is calibrated.</param>
/// <param name="Low">The mean less the standard deviation over the models of an ensemble; null: one model.</param>
/// <param name="High">The mean plus the standard deviation.</param>
/// <param name="Threshold">Probability from which it is called present.</param>
/// <param name="Decision"><c>present</c> or <c>absent</c>; null: there is no threshold.</param>
/// <param name="Conformal"><c>present</c>, <c>absent</c> or <c>uncertain</c>; null: not fitted.</param>
internal sealed record FindingAnswer(
    string Name, double Probability, bool IsCalibrated, double? Low, double? High, double? Threshold, string? Decision, string? Conformal);

/// <summary>Whether the service runs.</summary>
/// <param name="Status">A word.</param>
internal sealed record HealthAnswer(string Status);
