using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Inference;

namespace Radapt.Server;

/// <summary>The requests of the service; docs/server.md describes them.</summary>
internal sealed class Endpoints(ServedModels models, ServerOptions options, ServerMetrics metrics)
{
    private const int LargestSide = 4096;
    private const string Octets = "application/octet-stream";

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", () => new HealthAnswer("healthy")).WithSummary("Whether the process answers.");
        routes.MapGet("/ready", () => models.IsReady ? Results.Ok(new HealthAnswer("ready"))
            : Results.Json(new HealthAnswer("starting"), statusCode: StatusCodes.Status503ServiceUnavailable))
            .Produces<HealthAnswer>().Produces<HealthAnswer>(503).WithSummary("Whether all models are open.");
        RouteGroupBuilder guarded = routes.MapGroup("").IsGuarded();
        guarded.MapGet("/metrics", () => Results.Text(metrics.Text(models.Bank.Names.Count), "text/plain; version=0.0.4; charset=utf-8"))
            .Produces<string>(200, "text/plain").WithSummary("Counts for Prometheus.");
        guarded.MapGet("/v1/adapters", () => models.List().ToArray()).WithSummary("The models that can be asked.");
        guarded.MapPost("/v1/predict", PredictAsync).TakesImages(options.ImagesOfARequest, options.ImageBytes).ProducesProblem(404)
            .Produces<PredictAnswer>().WithSummary("Findings of one image (the body) or several (parts 'image' of a form).");
        guarded.MapPost("/v1/pixels", PixelsAsync).TakesImages(1, options.ImageBytes).ProducesProblem(422)
            .Produces<byte[]>(200, Octets).GivesHeaders(
                ("X-Radapt-Width", JsonSchemaType.Integer, "Columns."), ("X-Radapt-Height", JsonSchemaType.Integer, "Rows."),
                ("X-Radapt-Maximum", JsonSchemaType.Integer, "Largest value that can occur."),
                ("X-Radapt-Window-Low", JsonSchemaType.Integer, "Value that is shown black by default."),
                ("X-Radapt-Window-High", JsonSchemaType.Integer, "Value that is shown white by default."),
                ("X-Radapt-Original-Width", JsonSchemaType.Integer, "Columns of the file."),
                ("X-Radapt-Original-Height", JsonSchemaType.Integer, "Rows of the file."),
                ("X-Radapt-Kind", JsonSchemaType.String, "dicom, png or jpeg."))
            .WithSummary("The first frame for the eye: gray, 16 bits, little-endian; size and window are in headers.");
        guarded.MapPost("/v1/heatmap", HeatMapAsync).TakesImages(1, options.ImageBytes).ProducesProblem(404).ProducesProblem(422)
            .Produces<byte[]>(200, "image/png").GivesHeaders(
                ("X-Radapt-Box", JsonSchemaType.String, "x,y,width,height of the square on the image, in fractions of its sides."))
            .WithSummary("What speaks for a finding, as a gray PNG over the square that the model sees.");
        guarded.MapPut("/v1/adapters/{name}", PutAsync).TakesAdapter().Produces<ServedAdapter>().Produces<ServedAdapter>(201)
            .WithSummary("Adds or replaces a model by an adapter file of the same base weights.");
        guarded.MapDelete("/v1/adapters/{name}", RemoveAsync).Produces(204).ProducesProblem(404).WithSummary("Removes a model.");
    }

    private async Task<IResult> PredictAsync(
        HttpRequest request, [FromQuery, Description("Models to ask; default: all.")] string[]? adapter,
        [Description("Also score images that a guard refuses.")] bool all = false)
    {
        string[] names = adapter is { Length: > 0 } ? [.. adapter.Distinct()] : [.. models.Bank.Names];
        if (names.FirstOrDefault(n => models.Bank.Find(n) is null) is { } missing)
        {
            return NoModel(missing);
        }

        IReadOnlyList<ImageSource> images = await UploadedImages.ReadAsync(request, options, options.ImagesOfARequest);
        CancellationToken aborted = request.HttpContext.RequestAborted;
        ImageAnswer[] answers = await Task.WhenAll(images.Select(async image =>
        {
            ImageSource shared = image.DecodedOnce();
            Prediction[] predictions = await Task.WhenAll(names.Select(n => models.Bank.PredictAsync(n, shared, all, aborted)));
            return Answer(image.Name, names, predictions);
        }));
        return Results.Ok(new PredictAnswer(answers));
    }

    private ImageAnswer Answer(string image, string[] names, Prediction[] predictions)
    {
        ModelAnswer[] results = [.. names.Select((n, i) => models.Answer(n, predictions[i]))];
        ModelAnswer? shown = results.FirstOrDefault(r => r.Status == "scored") ?? results.FirstOrDefault();
        string status = shown?.Status ?? "refused";
        metrics.Count(status);
        Datasets.Matching.FolderImage? file = predictions.FirstOrDefault()?.File;
        bool isDicom = file?.Kind == "DICOM";
        var guards = new GuardAnswer(
            file?.Kind is "DICOM" or "PNG" or "JPEG" ? file.Kind.ToLowerInvariant() : null,
            file?.Identity?.Modality is { } modality && DicomCodes.IsModality(modality) ? modality : null,
            file?.View, predictions.Any(p => p.IsBlank));
        string[] notes = isDicom && file!.Identity is not null && file.View is null ? ["no view in the header"] : [];
        return new ImageAnswer(image, status, shown?.Reason, notes, guards, results);
    }

    private async Task<IResult> PixelsAsync(
        HttpRequest request, [Description("Longer side of the picture at most, 16 to 4096 pixels.")] int maxSide = 2048)
    {
        if (maxSide is < 16 or > LargestSide)
        {
            return Problems.Result(StatusCodes.Status400BadRequest, $"maxSide is between 16 and {LargestSide}.");
        }

        ImageSource image = (await UploadedImages.ReadAsync(request, options, most: 1))[0];
        (string kind, DisplayedImage shown) = await Task.Run(() => Display(image, maxSide), request.HttpContext.RequestAborted);
        IHeaderDictionary headers = request.HttpContext.Response.Headers;
        foreach ((string name, int value) in new[]
        {
            ("Width", shown.Width), ("Height", shown.Height), ("Maximum", shown.Maximum), ("Window-Low", shown.WindowLow),
            ("Window-High", shown.WindowHigh), ("Original-Width", shown.OriginalWidth), ("Original-Height", shown.OriginalHeight),
        })
        {
            headers["X-Radapt-" + name] = value.ToString(CultureInfo.InvariantCulture);
        }

        headers["X-Radapt-Kind"] = kind;
        return Results.Bytes(MemoryMarshal.AsBytes(shown.Values.AsSpan()).ToArray(), Octets); // every system of Radapt's is little-endian
    }

    private (string Kind, DisplayedImage Image) Display(ImageSource image, int maxSide)
    {
        var decoding = new DecodingOptions(DicomScale.Voi, options.Codecs);
        string kind = Datasets.Matching.FileKinds.Tell(image.Content.Span, image.Name)?.ToLowerInvariant() ?? "";
        DisplayedImage shown = kind == "dicom" ? DicomReader.ReadDisplayed(image.Content.ToArray(), image.Name, decoding)
            : DisplayedImage.From(image.Decode(decoding));
        return (kind, shown.Shrink(maxSide));
    }

    private async Task<IResult> HeatMapAsync(
        HttpRequest request, [Description("The model.")] string adapter,
        [Description("The finding; not needed for rollout.")] string? finding = null,
        [Description("gradient: what speaks for the finding; rollout: where the model looks.")] string method = "gradient")
    {
        if (models.Bank.Find(adapter) is not { } description)
        {
            return NoModel(adapter);
        }

        int number = finding is null ? -1 : description.Findings.ToList().IndexOf(finding);
        if (method is not ("gradient" or "rollout") || (method == "gradient" && number < 0))
        {
            return Problems.Result(StatusCodes.Status400BadRequest,
                $"method is gradient, with one of this model's findings ({string.Join(", ", description.Findings)}), or rollout.");
        }

        ImageSource image = (await UploadedImages.ReadAsync(request, options, most: 1))[0];
        Ensemble model = models.Bank.Begin(adapter);
        try
        {
            (float[] map, (double x, double y, double width, double height)) =
                await model.HeatMapAsync(image, method == "gradient" ? number : null, request.HttpContext.RequestAborted);
            int side = description.Preprocessing.ImageSize;
            request.HttpContext.Response.Headers["X-Radapt-Box"] =
                string.Create(CultureInfo.InvariantCulture, $"{x:0.######},{y:0.######},{width:0.######},{height:0.######}");
            return Results.Bytes(GrayPng.Encode(HeatMapPicture.Draw(map, side), side), "image/png");
        }
        finally
        {
            model.End();
        }
    }

    private async Task<IResult> PutAsync(
        HttpRequest request, [Description("1 to 64 letters, digits, dots, hyphens or underscores.")] string name)
    {
        if (name.Length is 0 or > 64 || name[0] == '.' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            return Problems.Result(StatusCodes.Status400BadRequest,
                "The name of a model has 1 to 64 letters, digits, dots, hyphens or underscores, and does not begin with a dot.");
        }

        bool replaced = await models.PutAsync(name, request.Body, request.HttpContext.RequestAborted);
        ServedAdapter? added = models.Describe(name);
        return replaced ? Results.Ok(added) : Results.Created($"/v1/adapters/{name}", added);
    }

    private async Task<IResult> RemoveAsync(HttpRequest request, [Description("The model.")] string name) =>
        await models.RemoveAsync(name, request.HttpContext.RequestAborted) ? Results.NoContent() : NoModel(name);

    private IResult NoModel(string name) => Problems.Result(StatusCodes.Status404NotFound,
        $"There is no model '{(name.Length > 64 ? name[..64] : name)}'; there are {string.Join(", ", models.Bank.Names)}.");
}
