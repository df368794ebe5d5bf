using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Radapt.Server;

/// <summary>The files of the page, which are in the assembly: what is not among them does not exist, whatever a path says.</summary>
internal static class Page
{
    private const string Folder = "wwwroot/";

    /// <summary>Maps every file to its path, and <c>index.html</c> to <c>/</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        Assembly assembly = typeof(Page).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)))
        {
            string path = "/" + resource[Folder.Length..];
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            foreach (string route in path == "/index.html" ? ["/", path] : new[] { path })
            {
                routes.MapGet(route, () => Results.Bytes(content, TypeOf(path))).ExcludeFromDescription();
            }
        }
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".json" => "application/json",
        ".woff2" => "font/woff2",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
}
