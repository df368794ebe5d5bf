using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Radapt.Server;

/// <summary>
/// Who may ask: requests for another host (DNS rebinding), from the pages of others, and without the key that they need are refused before
/// anything of them is read.
/// </summary>
internal sealed class RequestGuard(ServerOptions options, ApiKeys? keys)
{
    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly HashSet<string> _hosts = new(
        [.. options.HostNames, "localhost", "127.0.0.1", "[::1]", Name(options.Address)], StringComparer.OrdinalIgnoreCase);

    /// <summary>Refuses a request, or lets it go on.</summary>
    public async Task Invoke(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (Refusal(context) is var (status, detail))
        {
            headers.WWWAuthenticate = status == StatusCodes.Status401Unauthorized ? "Bearer" : default;
            await Problems.Result(status, detail).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private (int Status, string Detail)? Refusal(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!_hosts.Contains(request.Host.Host))
        {
            return (StatusCodes.Status421MisdirectedRequest,
                "This service is not reached under that host name; --host-name adds one.");
        }

        bool isForAll = request.Path == "/health" || request.Path == "/ready"
            || (HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/v1") && request.Path != "/metrics");
        if (isForAll)
        {
            return null;
        }

        string origin = request.Headers.Origin.ToString(), site = request.Headers["Sec-Fetch-Site"].ToString();
        if ((origin.Length > 0 && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            || site is not ("" or "same-origin" or "none"))
        {
            return (StatusCodes.Status403Forbidden, "Pages of other sites may not use this service.");
        }

        if (keys is null)
        {
            return null;
        }

        const string Scheme = "Bearer ";
        string given = request.Headers.Authorization.ToString();
        if (!given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || keys.Find(given[Scheme.Length..].Trim()) is not var (role, name))
        {
            return (StatusCodes.Status401Unauthorized, "This needs an API key in the header Authorization: Bearer KEY.");
        }

        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "key"));
        return role == KeyRole.Manage || HttpMethods.IsGet(request.Method) || HttpMethods.IsPost(request.Method) ? null
            : (StatusCodes.Status403Forbidden, "This needs a key with the role manage.");
    }

    private static string Name(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
