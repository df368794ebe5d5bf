using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace Radapt.PageTests;

/// <summary>The page as a person uses it. When it is closed, it must have asked nobody but its own service, and logged no error.</summary>
public sealed class ViewerPage : IAsyncDisposable
{
    private readonly List<string> _requests = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _forgiven = [];
    private readonly Uri _address;

    private ViewerPage(IPage page, Uri address) => (Page, _address) = (page, address);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>The canvas of the first model.</summary>
    public ILocator Canvas => Page.Locator("#pane-first");

    /// <summary>The images that are open.</summary>
    public ILocator Worklist => Page.Locator("#worklist li");

    /// <summary>The findings that are shown.</summary>
    public ILocator Findings => Page.Locator("#findings .finding");

    public static async Task<ViewerPage> OpenAsync(IPage page, Uri address)
    {
        var viewer = new ViewerPage(page, address);
        page.Request += (_, request) => viewer._requests.Add(request.Url);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                viewer._errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => viewer._errors.Add(error);
        await page.GotoAsync(address.ToString());
        await Assertions.Expect(page.Locator("#first option")).ToHaveCountAsync(2);
        return viewer;
    }

    /// <summary>Drops files on the image, as from the desktop.</summary>
    public async Task DropAsync(params (string Name, byte[] Content)[] files)
    {
        IJSHandle dropped = await Page.EvaluateHandleAsync(
            """
            (files) => {
              const transfer = new DataTransfer();
              for (const { name, content } of files) {
                transfer.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name));
              }
              return transfer;
            }
            """,
            files.Select(f => new { name = f.Name, content = Convert.ToBase64String(f.Content) }).ToArray());
        await Page.DispatchEventAsync("#panes", "drop", new { dataTransfer = dropped });
    }

    /// <summary>Drops files, and waits until the selected one is shown and every one has been answered.</summary>
    public async Task DropAndWaitAsync(params (string Name, byte[] Content)[] files)
    {
        string before = await PictureAsync();
        await DropAsync(files);
        await ChangeAsync(before);
        await Assertions.Expect(Page.Locator("#worklist li .dot:not(.present):not(.scored):not(.refused):not(.unreadable)"))
            .ToHaveCountAsync(0);
    }

    /// <summary>What a canvas shows, as text that is equal only where every pixel is.</summary>
    public Task<string> PictureAsync(string canvas = "pane-first") =>
        Page.EvaluateAsync<string>("(id) => document.getElementById(id).toDataURL()", canvas);

    /// <summary>The gray level at a point of the first canvas, given in fractions of its sides.</summary>
    public Task<int> GrayAsync(double x, double y) => Page.EvaluateAsync<int>(
        """
        ([x, y]) => {
          const canvas = document.getElementById('pane-first');
          return canvas.getContext('2d').getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data[0];
        }
        """,
        new[] { x, y });

    /// <summary>Waits until a canvas shows something else than before.</summary>
    /// <returns>What it shows.</returns>
    public async Task<string> ChangeAsync(string before, string canvas = "pane-first")
    {
        await Page.WaitForFunctionAsync("([id, before]) => document.getElementById(id).toDataURL() !== before", new[] { canvas, before });
        return await PictureAsync(canvas);
    }

    /// <summary>Waits until a canvas shows what it did before.</summary>
    public Task ReturnAsync(string before) =>
        Page.WaitForFunctionAsync("(before) => document.getElementById('pane-first').toDataURL() === before", before);

    /// <summary>Drags from the middle of the first canvas.</summary>
    public async Task DragAsync(float right, float down, bool withShift = false)
    {
        LocatorBoundingBoxResult box = (await Canvas.BoundingBoxAsync())!;
        (float x, float y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        if (withShift)
        {
            await Page.Keyboard.DownAsync("Shift");
        }

        await Page.Mouse.MoveAsync(x, y);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(x + right, y + down, new MouseMoveOptions { Steps = 4 });
        await Page.Mouse.UpAsync();
        if (withShift)
        {
            await Page.Keyboard.UpAsync("Shift");
        }
    }

    /// <summary>Moves a slider, as a hand would.</summary>
    public async Task SlideAsync(string id, int value)
    {
        await Page.Locator("#" + id).FillAsync(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Takes errors with this text as expected: the browser logs every answer that is an error.</summary>
    public void Forgive(string text) => _forgiven.Add(text);

    /// <summary>What axe finds that is serious or critical.</summary>
    public async Task<IReadOnlyList<string>> BarriersAsync()
    {
        AxeResult result = await Page.RunAxe();
        Assert.NotEmpty(result.Passes); // it has looked
        return
        [
            .. result.Violations.Where(v => v.Impact is "serious" or "critical")
                .Select(v => $"{v.Id}: {v.Help} ({string.Join(", ", v.Nodes.Select(n => n.Html))})"),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        string origin = _address.GetLeftPart(UriPartial.Authority) + "/";
        Assert.NotEmpty(_requests);
        Assert.All(_requests, r => Assert.True(r.StartsWith(origin, StringComparison.Ordinal)
            || r.StartsWith("blob:" + origin, StringComparison.Ordinal) || r.StartsWith("data:", StringComparison.Ordinal), r));
        Assert.DoesNotContain(_errors, e => !_forgiven.Any(f => e.Contains(f, StringComparison.Ordinal)));
    }
}
