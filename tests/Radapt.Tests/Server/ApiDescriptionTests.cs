using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Radapt.Adaptation.Lora;
using Radapt.Server;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Server;

/// <summary>The OpenAPI document: what a program is made from that uses the service.</summary>
public sealed class ApiDescriptionTests(SavedAdapters saved) : IClassFixture<SavedAdapters>
{
    private readonly SavedAdapters _saved = saved;
    private readonly string _adapter = saved.Save(1, new LoraOptions { Rank = 2 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ServerOptions Options => new() { Models = [("first", _adapter)] };

    [Theory]
    [InlineData("/v1/predict", true)]
    [InlineData("/v1/pixels", false)]
    [InlineData("/v1/heatmap", false)]
    public async Task Document_Images_AreBodiesOfTheirTypesOrPartsOfAForm(string path, bool several)
    {
        JsonNode body = (await Document(Options))["paths"]![path]!["post"]!["requestBody"]!;
        Assert.True((bool)body["required"]!);
        JsonObject content = body["content"]!.AsObject();
        Assert.Equal(
            ["application/dicom", "application/octet-stream", "image/jpeg", "image/png", "multipart/form-data"],
            content.Select(c => c.Key).Order(StringComparer.Ordinal));
        Assert.All(content.Where(c => c.Key != "multipart/form-data"), c => Assert.Equal("binary", (string)c.Value!["schema"]!["format"]!));
        JsonNode form = content["multipart/form-data"]!["schema"]!;
        Assert.Equal("image", (string)Assert.Single(form["required"]!.AsArray())!);
        JsonNode image = form["properties"]!["image"]!;
        Assert.Equal(several ? "array" : "string", (string)image["type"]!);
        Assert.Equal("binary", (string)(several ? image["items"]! : image)["format"]!);
        if (several)
        {
            Assert.Equal(32, (int)image["maxItems"]!);
        }
    }

    [Fact]
    public async Task Document_EveryOperation_HasASummaryDescribedParametersAndItsRefusals()
    {
        JsonNode document = await Document(Options);
        Assert.Equal("Radapt", (string)document["info"]!["title"]!);
        var operations = new HashSet<string>();
        foreach ((string path, JsonNode? methods) in document["paths"]!.AsObject())
        {
            foreach ((string method, JsonNode? operation) in methods!.AsObject())
            {
                operations.Add($"{method} {path}");
                Assert.NotEmpty((string)operation!["summary"]!);
                Assert.All(operation["parameters"]?.AsArray() ?? [], p => Assert.NotEmpty((string)p!["description"]!));
                JsonObject responses = operation["responses"]!.AsObject();
                foreach ((string status, JsonNode? response) in responses.Where(r => r.Key[0] is '4' or '5' && path is not "/ready"))
                {
                    JsonNode problem = response!["content"]!["application/problem+json"]!["schema"]!;
                    Assert.True(problem["$ref"]!.ToString() == "#/components/schemas/ProblemDetails", $"{method} {path} {status}");
                }

                if (path.StartsWith("/v1/", StringComparison.Ordinal))
                {
                    Assert.Superset(
                        new HashSet<string> { "401", "403", "421", "429", "500", "503" }, responses.Select(r => r.Key).ToHashSet());
                }

                if (method is "post" or "put")
                {
                    Assert.Superset(new HashSet<string> { "400", "408", "413" }, responses.Select(r => r.Key).ToHashSet());
                    Assert.NotNull(operation["requestBody"]);
                }
            }
        }

        Assert.Equal(
            new HashSet<string>
            {
                "get /health", "get /ready", "get /metrics", "get /v1/adapters", "post /v1/predict", "post /v1/pixels", "post /v1/heatmap",
                "put /v1/adapters/{name}", "delete /v1/adapters/{name}",
            }, operations);
        Assert.Equal(["404"], Only("/v1/predict", "post"));
        Assert.Equal(["422"], Only("/v1/pixels", "post"));
        Assert.Equal(["404", "422"], Only("/v1/heatmap", "post"));
        Assert.Equal(["422"], Only("/v1/adapters/{name}", "put"));
        Assert.Equal(8, document["paths"]!["/v1/pixels"]!["post"]!["responses"]!["200"]!["headers"]!.AsObject().Count);
        Assert.NotNull(document["paths"]!["/v1/heatmap"]!["post"]!["responses"]!["200"]!["headers"]!["X-Radapt-Box"]);

        IEnumerable<string> Only(string path, string method) =>
            document["paths"]![path]![method]!["responses"]!.AsObject().Select(r => r.Key).Where(k => k is "404" or "422").Order();
    }

    [Fact]
    public async Task Answers_ByTheDocumentsSchemas_AreValid()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        (_, JsonNode? document) = await server.Send(HttpMethod.Get, "/openapi/v1.json");
        (_, JsonNode? scored) = await server.Send(HttpMethod.Post, "/v1/predict", RunningServer.Form(_saved.Images.Take(2)));
        (_, JsonNode? unreadable) = await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent("x"u8.ToArray()));
        (_, JsonNode? problem) = await server.Send(HttpMethod.Post, "/v1/predict?adapter=none", new ByteArrayContent("x"u8.ToArray()));
        (_, JsonNode? adapters) = await server.Send(HttpMethod.Get, "/v1/adapters");
        Valid("PredictAnswer", scored!);
        Valid("PredictAnswer", unreadable!);
        Valid("ProblemDetails", problem!);
        Valid("ServedAdapter", adapters![0]!);
        scored!["images"]![0]!.AsObject().Remove("status"); // what is always there is required
        Assert.False(Check("PredictAnswer", scored));

        void Valid(string name, JsonNode instance) => Assert.True(Check(name, instance), $"{name}: {instance.ToJsonString()}");

        bool Check(string name, JsonNode instance)
        {
            // The same schemas as plain JSON Schema, which has another place for them.
            string schemas = document!["components"]!["schemas"]!.ToJsonString()
                .Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
            string schema = $$"""{ "$ref": "#/$defs/{{name}}", "$defs": {{schemas}} }""";
            return JsonSchema.FromText(schema).Evaluate(JsonSerializer.SerializeToElement(instance)).IsValid;
        }
    }

    [Fact]
    public async Task Document_ServiceWithKeys_SaysSo()
    {
        string keys = _saved["described-keys.txt"];
        ApiKeys.Create(keys, KeyRole.Predict, "ward");
        JsonNode document = await Document(Options with { Keys = keys }), open = await Document(Options);
        Assert.Equal("bearer", (string)document["components"]!["securitySchemes"]!["key"]!["scheme"]!);
        Assert.NotNull(document["paths"]!["/v1/predict"]!["post"]!["security"]![0]!["key"]);
        Assert.Null(document["paths"]!["/health"]!["get"]!["security"]);
        Assert.Null(open["components"]!["securitySchemes"]);
    }

    private static async Task<JsonNode> Document(ServerOptions options)
    {
        await using RunningServer server = await RunningServer.Start(options);
        using HttpResponseMessage response = await server.Ask(HttpMethod.Get, "/openapi/v1.json");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
    }
}
