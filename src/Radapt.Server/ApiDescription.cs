using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Radapt.Server;

/// <summary>What the OpenAPI document says beyond what the endpoints' types tell: bodies, headers, keys, and every refusal.</summary>
internal static class ApiDescription
{
    private const string KeyScheme = "key";
    private static readonly string[] s_imageTypes = ["application/octet-stream", "application/dicom", "image/png", "image/jpeg"];

    /// <summary>The document as a whole.</summary>
    /// <param name="document">The options of the document.</param>
    /// <param name="needsKey">Whether requests need an API key.</param>
    public static void Describe(OpenApiOptions document, bool needsKey)
    {
        document.AddDocumentTransformer((api, _, _) =>
        {
            api.Info = new OpenApiInfo
            {
                Title = "Radapt",
                Version = typeof(ApiDescription).Assembly.GetName().Version?.ToString(3) ?? "0",
                Description = "Findings of radiographs. Research software, not a medical device. Errors are problem details (RFC 9457).",
            };
            if (needsKey)
            {
                api.Components ??= new OpenApiComponents();
                api.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                api.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "An API key: Authorization: Bearer KEY.",
                };
                foreach (OpenApiOperation operation in api.Paths.Where(p => IsGuarded(p.Key))
                    .SelectMany(p => p.Value.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
                {
                    operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, api)] = [] }];
                }
            }

            return Task.CompletedTask;
        });

        // A value that is absent is left out of the JSON, so it is not required, and never null.
        document.AddSchemaTransformer((schema, _, _) =>
        {
            foreach ((string name, IOpenApiSchema property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            {
                if (property is OpenApiSchema { Type: { } type } own && type.HasFlag(JsonSchemaType.Null))
                {
                    own.Type = type & ~JsonSchemaType.Null;
                    schema.Required?.Remove(name);
                }
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Says that a request may be refused before anything of it is read, or because of too many others.</summary>
    public static RouteGroupBuilder IsGuarded(this RouteGroupBuilder group) =>
        group.ProducesProblem(401).ProducesProblem(403).ProducesProblem(421).ProducesProblem(429).ProducesProblem(500).ProducesProblem(503);

    /// <summary>Says that images are the body, or parts of a form.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="most">Most images of a request.</param>
    /// <param name="bytes">Largest image.</param>
    public static RouteHandlerBuilder TakesImages(this RouteHandlerBuilder route, int most, long bytes) =>
        route.ProducesProblem(400).ProducesProblem(408).ProducesProblem(413).AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var image = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            IOpenApiSchema parts = most == 1 ? image
                : new OpenApiSchema { Type = JsonSchemaType.Array, Items = image, MinItems = 1, MaxItems = most };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "A DICOM, PNG or JPEG file as the body, whatever its Content-Type says, or "
                    + (most == 1 ? "a form with one part named 'image'." : $"a form with 1 to {most} parts named 'image'.")
                    + $" Each has at most {bytes} bytes.",
                Content = s_imageTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = image }),
            };
            operation.RequestBody.Content!["multipart/form-data"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema> { ["image"] = parts },
                    Required = new HashSet<string> { "image" },
                },
            };
            return Task.CompletedTask;
        });

    /// <summary>Says that an adapter file is the body.</summary>
    public static RouteHandlerBuilder TakesAdapter(this RouteHandlerBuilder route) =>
        route.ProducesProblem(400).ProducesProblem(408).ProducesProblem(413).ProducesProblem(422)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Description = "adapter.safetensors of a run on base weights that a model here has.",
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        [s_imageTypes[0]] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                    },
                };
                return Task.CompletedTask;
            });

    /// <summary>Describes headers of the answer 200.</summary>
    public static RouteHandlerBuilder GivesHeaders(
        this RouteHandlerBuilder route, params (string Name, JsonSchemaType Type, string Description)[] headers) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            if (operation.Responses?["200"] is OpenApiResponse answer)
            {
                answer.Headers = headers.ToDictionary(h => h.Name, h => (IOpenApiHeader)new OpenApiHeader
                {
                    Required = true,
                    Description = h.Description,
                    Schema = new OpenApiSchema { Type = h.Type },
                });
            }

            return Task.CompletedTask;
        });

    private static bool IsGuarded(string path) => path.StartsWith("/v1/", StringComparison.Ordinal) || path == "/metrics";
}
