using Radapt.Metrics;

namespace Radapt.Evaluation;

/// <summary>The figures of one finding and how sure they are.</summary>
/// <param name="Finding">Its name.</param>
/// <param name="Positives">Images labelled 1.</param>
/// <param name="Negatives">Images labelled 0.</param>
/// <param name="PositivePatients">Patients with an image labelled 1; images where patients are not known.</param>
/// <param name="NegativePatients">Patients with an image labelled 0.</param>
/// <param name="Auroc">AUROC.</param>
/// <param name="AveragePrecision">Average precision.</param>
/// <param name="Calibration">How far probabilities mean what they say; null: no label is known.</param>
/// <param name="PatientsNeeded">Patients whose interval of the AUROC would be ± 0.05; null: cannot be told from these.</param>
internal sealed record FindingStatistics(
    string Finding, int Positives, int Negatives, int PositivePatients, int NegativePatients, Estimate Auroc, Estimate AveragePrecision,
    Calibration? Calibration, int? PatientsNeeded);
