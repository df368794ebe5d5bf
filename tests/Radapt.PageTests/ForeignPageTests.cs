using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Radapt.PageTests;

/// <summary>What a page of another origin can do to the service when a user of the service opens it: nothing.</summary>
public sealed class ForeignPageTests(ServedViewer served) : IClassFixture<ServedViewer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ForeignPage_PostsReadsAndFrames_AreRefused()
    {
        IPage page = await served.OpenBlankAsync();
        await using WebApplication other = await StartAsync();
        await page.GotoAsync(other.Urls.First());
        string target = served.Address.ToString();

        // Reading is stopped by the browser, since no answer allows it.
        Assert.Equal("refused", await page.EvaluateAsync<string>(
            "(target) => fetch(`${target}v1/adapters`).then(() => 'read', () => 'refused')", target));
        // A simple request is sent by the browser without asking; the service refuses it, and the page does not even learn that.
        Assert.Equal("refused", await page.EvaluateAsync<string>(
            """
            (target) => fetch(`${target}v1/predict`, { method: 'POST', mode: 'no-cors', body: new Blob(['x']) })
              .then(() => 'read', () => 'refused')
            """, target));
        // Another method is asked for first, which the service does not answer as it would have to.
        Assert.Equal("refused", await page.EvaluateAsync<string>(
            "(target) => fetch(`${target}v1/adapters/first`, { method: 'DELETE' }).then(() => 'done', () => 'refused')", target));
        // The page cannot be framed.
        await page.EvaluateAsync(
            """
            (target) => new Promise((done) => {
              const frame = document.createElement('iframe');
              frame.onload = done;
              frame.src = target;
              document.body.append(frame);
            })
            """, target);
        Assert.DoesNotContain(page.Frames, f => f != page.MainFrame && f.Url.StartsWith(target, StringComparison.Ordinal));
        IResponse? posted = await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync(
                """
                (target) => {
                  const form = document.createElement('form');
                  Object.assign(form, { method: 'POST', enctype: 'multipart/form-data', action: `${target}v1/predict` });
                  form.innerHTML = '<input name="image" value="x">';
                  document.body.append(form);
                  form.submit();
                }
                """, target),
            response => response.Url.EndsWith("/v1/predict", StringComparison.Ordinal) && response.Request.IsNavigationRequest);
        Assert.Equal(403, posted.Status);
        await page.Context.DisposeAsync();

        using var client = new HttpClient { BaseAddress = served.Address };
        string metrics = await client.GetStringAsync("/metrics", Cancellation);
        Assert.DoesNotContain("route=\"/v1/predict\"", metrics, StringComparison.Ordinal); // none came as far as that
        Assert.Contains("status=\"403\"", metrics, StringComparison.Ordinal);
        Assert.Contains("first", await client.GetStringAsync("/v1/adapters", Cancellation), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication other = builder.Build();
        other.Urls.Add("http://127.0.0.1:0");
        other.MapGet("/", () => Results.Content("<!doctype html><title>another page</title><body></body>", "text/html"));
        await other.StartAsync(Cancellation);
        return other;
    }
}
