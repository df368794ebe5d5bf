using Radapt.Hosting;
using Radapt.Imaging;
using Radapt.Inference;

// WebReader --Radapt:Models:ward RUN --urls http://127.0.0.1:5080: POST an image to /findings.
RadaptRuntime.Configure();
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddRadapt().Configure<RadaptOptions>(builder.Configuration.GetSection("Radapt"));
WebApplication app = builder.Build();
AdapterBank bank = app.Services.GetRequiredService<AdapterBank>(); // opened now, not with the first request

app.MapPost("/findings", async (HttpRequest request, CancellationToken aborted) =>
{
    ImageSource image = await ImageSource.FromStreamAsync(request.Body, cancellation: aborted);
    Prediction prediction = await bank.PredictAsync("ward", image, cancellation: aborted);
    return prediction.Probabilities is { } probabilities
        ? Results.Ok(bank.Find("ward")!.Findings.Zip(probabilities, (finding, probability) => new { finding, probability }))
        : Results.Problem(prediction.Error ?? prediction.Refusal, statusCode: 422);
});
app.Run();
