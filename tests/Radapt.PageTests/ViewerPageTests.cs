using System.Globalization;
using System.Text.Json.Nodes;

namespace Radapt.PageTests;

/// <summary>The page of <c>radapt serve</c> in Chromium.</summary>
public sealed class ViewerPageTests(ServedViewer served) : IClassFixture<ServedViewer>
{
    private (string Name, byte[] Content) Png(int number) => ($"phantom{number}.png", served.Images[number]);

    private (string Name, byte[] Content) Dicom => ("phantom.dcm", served.Images[3]);

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task Drop_PngAndDicom_ShowsPictureAndFindingsWithBars(int width, int height)
    {
        await using ViewerPage viewer = await served.OpenAsync(width, height);
        const string Name = "<img src=x onerror=alert(1)>.png"; // a file's name is text, whatever it looks like
        await viewer.DropAndWaitAsync((Name, served.Images[0]), Dicom);
        Assert.Equal([Name, "phantom.dcm"], await viewer.Worklist.Locator(".name").AllTextContentsAsync());
        Assert.InRange(await viewer.GrayAsync(0.5, 0.5), 1, 255);

        JsonArray expected = await AskAsync(served.Images[0]);
        IReadOnlyList<string> shown = await viewer.Findings.Locator(".value").AllTextContentsAsync();
        Assert.Equal(expected.Select(f => Percent((double)f!["probability"]!)), shown);
        double[] bars = await viewer.Page.EvaluateAsync<double[]>(
            """
            [...document.querySelectorAll('.finding .scale')]
              .map((scale) => scale.querySelector('i').getBoundingClientRect().width / scale.clientWidth)
            """);
        Assert.Equal(expected.Count, bars.Length);
        Assert.All(bars.Zip(expected), b => Assert.Equal((double)b.Second!["probability"]!, b.First, 0.02));

        await viewer.Worklist.Nth(1).ClickAsync();
        expected = await AskAsync(served.Images[3]);
        await Assertions.Expect(viewer.Findings.First.Locator(".value")).ToHaveTextAsync(Percent((double)expected[0]!["probability"]!));
        await Assertions.Expect(viewer.Page.Locator("#findings")).ToContainTextAsync("The file says: DX, PA.");

        // Nothing is cut off at the side.
        Assert.True(await viewer.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));
        LocatorBoundingBoxResult picture = (await viewer.Canvas.BoundingBoxAsync())!;
        Assert.True(picture.Width > width / 3 && picture.Height > height / 4, $"{picture.Width} x {picture.Height}");
    }

    [Fact]
    public async Task Drop_FileThatIsNotAnImage_SaysWhy()
    {
        await using ViewerPage viewer = await served.OpenAsync();
        await viewer.DropAsync(("letter.txt", "Dear colleague"u8.ToArray()));
        await Assertions.Expect(viewer.Worklist.Locator(".dot")).ToHaveClassAsync("dot unreadable");
        await Assertions.Expect(viewer.Page.Locator("#findings .problem")).ToContainTextAsync("neither PNG, JPEG nor DICOM");
        viewer.Forgive("422"); // the browser logs answers that are errors
    }

    [Fact]
    public async Task Mouse_WindowPanAndZoom_ChangeThePictureUntilReset()
    {
        await using ViewerPage viewer = await served.OpenAsync();
        await viewer.DropAndWaitAsync(Png(0));
        string first = await viewer.PictureAsync();

        await viewer.DragAsync(80, 0);
        string wider = await viewer.ChangeAsync(first);
        await viewer.DragAsync(0, 60);
        string darker = await viewer.ChangeAsync(wider);
        await viewer.DragAsync(70, 40, withShift: true);
        string moved = await viewer.ChangeAsync(darker);
        await viewer.Page.Mouse.WheelAsync(0, -300);
        string zoomed = await viewer.ChangeAsync(moved);
        Assert.Equal(5, new[] { first, wider, darker, moved, zoomed }.Distinct().Count());
        await Assertions.Expect(viewer.Page.Locator("#readout")).ToContainTextAsync("256 × 256");

        await viewer.Page.Locator("#reset").ClickAsync();
        await viewer.ReturnAsync(first);
    }

    [Fact]
    public async Task Buttons_InvertLevelWidthAndOneToOne_ChangeThePicture()
    {
        await using ViewerPage viewer = await served.OpenAsync();
        await viewer.DropAndWaitAsync(Png(0));
        string first = await viewer.PictureAsync();
        int gray = await viewer.GrayAsync(0.5, 0.5);

        await viewer.Page.Locator("#invert").ClickAsync();
        await viewer.ChangeAsync(first);
        Assert.Equal(255 - gray, await viewer.GrayAsync(0.5, 0.5), tolerance: 1);
        await Assertions.Expect(viewer.Page.Locator("#invert")).ToHaveAttributeAsync("aria-pressed", "true");
        await viewer.Page.Locator("#invert").ClickAsync();
        await viewer.ReturnAsync(first);

        await viewer.SlideAsync("level", 900);
        string level = await viewer.ChangeAsync(first);
        Assert.True(await viewer.GrayAsync(0.5, 0.5) < gray);
        await viewer.SlideAsync("width", 50);
        string width = await viewer.ChangeAsync(level);
        await viewer.Page.Locator("#reset").ClickAsync();
        await viewer.ReturnAsync(first);
        await viewer.Page.Locator("#actual").ClickAsync();
        string actual = await viewer.ChangeAsync(first);
        Assert.Equal(4, new[] { first, level, width, actual }.Distinct().Count());
        await viewer.Page.Locator("#fit").ClickAsync();
        await viewer.ReturnAsync(first);
    }

    [Fact]
    public async Task HeatMap_ButtonAndSlider_ChangeThePicture()
    {
        await using ViewerPage viewer = await served.OpenAsync();
        await viewer.DropAndWaitAsync(Png(0));
        string plain = await viewer.PictureAsync();
        await viewer.Page.Locator("#heat").ClickAsync();
        string half = await viewer.ChangeAsync(plain);
        await Assertions.Expect(viewer.Page.Locator("#caption-first")).ToHaveTextAsync("heat map: finding 1");
        await viewer.SlideAsync("opacity", 90);
        string strong = await viewer.ChangeAsync(half);

        await viewer.Findings.Nth(2).ClickAsync(); // another finding, another map
        await Assertions.Expect(viewer.Page.Locator("#caption-first")).ToHaveTextAsync("heat map: finding 3");
        await viewer.ChangeAsync(strong);
        await viewer.SlideAsync("opacity", 0);
        await viewer.ReturnAsync(plain);
    }

    [Fact]
    public async Task Keyboard_WithoutAMouse_DoesEverything()
    {
        await using ViewerPage viewer = await served.OpenAsync();
        await viewer.DropAndWaitAsync(Png(0), Png(1), Png(2), Dicom);
        foreach ((string key, int selected) in new[]
        {
            ("ArrowDown", 1), ("j", 2), ("ArrowDown", 3), ("ArrowDown", 3), ("k", 2), ("Home", 0), ("End", 3), ("ArrowUp", 2), ("Home", 0),
        })
        {
            string before = await viewer.PictureAsync();
            bool isOther = await viewer.Worklist.Nth(selected).GetAttributeAsync("aria-selected") == "false";
            await viewer.Page.Keyboard.PressAsync(key);
            await Assertions.Expect(viewer.Worklist.Nth(selected)).ToHaveAttributeAsync("aria-selected", "true");
            await Assertions.Expect(viewer.Page.Locator("#worklist [aria-selected=true]")).ToHaveCountAsync(1);
            if (isOther)
            {
                await viewer.ChangeAsync(before);
            }
        }

        string picture = await viewer.PictureAsync();
        foreach (string key in new[] { "i", "+", "h" })
        {
            await viewer.Page.Keyboard.PressAsync(key);
            picture = await viewer.ChangeAsync(picture);
        }

        await viewer.Page.Keyboard.PressAsync("f");
        await Assertions.Expect(viewer.Findings.Nth(1)).ToHaveAttributeAsync("aria-pressed", "true");

        await viewer.Page.Keyboard.PressAsync("?");
        await Assertions.Expect(viewer.Page.Locator("#help")).ToBeVisibleAsync();
        await viewer.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(viewer.Page.Locator("#help")).ToBeHiddenAsync();

        // The tab key reaches every part of the page.
        var reached = new HashSet<string>();
        for (int i = 0; i < 40; i++)
        {
            await viewer.Page.Keyboard.PressAsync("Tab");
            reached.Add(await viewer.Page.EvaluateAsync<string>(
                "document.activeElement.id || document.activeElement.className.split(' ')[0] || document.activeElement.tagName"));
        }

        Assert.Superset(
            new HashSet<string> { "first", "second", "open", "keys", "worklist", "invert", "level", "heat", "opacity", "finding" },
            reached);
    }

    [Fact]
    public async Task TwoAdapters_SideBySide_EachHasItsPictureAndFindings()
    {
        await using ViewerPage viewer = await served.OpenAsync();
        await viewer.DropAndWaitAsync(Png(1));
        await Assertions.Expect(viewer.Page.Locator("#pane-second")).ToBeHiddenAsync();
        await viewer.Page.Locator("#second").SelectOptionAsync("second");
        await Assertions.Expect(viewer.Page.Locator("#findings h3")).ToHaveTextAsync(["first", "second"]);
        await Assertions.Expect(viewer.Page.Locator("#pane-second")).ToBeVisibleAsync();
        JsonArray[] expected = [await AskAsync(served.Images[1]), await AskAsync(served.Images[1], "second")];
        Assert.Equal(
            expected.SelectMany(e => e).Select(f => Percent((double)f!["probability"]!)),
            await viewer.Findings.Locator(".value").AllTextContentsAsync());

        // Both show the same place of the same image, and heat maps of their own.
        Assert.Equal(await viewer.PictureAsync(), await viewer.PictureAsync("pane-second"));
        string plain = await viewer.PictureAsync();
        await viewer.Page.Locator("#heat").ClickAsync();
        await viewer.ChangeAsync(plain);
        await viewer.ChangeAsync(plain, "pane-second");
        Assert.NotEqual(await viewer.PictureAsync(), await viewer.PictureAsync("pane-second"));
    }

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task Axe_EveryState_FindsNothingSerious(int width, int height)
    {
        await using ViewerPage viewer = await served.OpenAsync(width, height);
        Assert.Empty(await viewer.BarriersAsync());
        await viewer.DropAndWaitAsync(Png(0), Dicom, ("letter.txt", "Dear colleague"u8.ToArray()));
        await viewer.Page.Locator("#second").SelectOptionAsync("second");
        await viewer.Page.Locator("#heat").ClickAsync();
        await Assertions.Expect(viewer.Page.Locator("#findings h3")).ToHaveCountAsync(2);
        Assert.Empty(await viewer.BarriersAsync());
        await viewer.Worklist.Nth(2).ClickAsync(); // the one that cannot be read
        Assert.Empty(await viewer.BarriersAsync());
        await viewer.Page.Locator("#keys").ClickAsync();
        Assert.Empty(await viewer.BarriersAsync());
        viewer.Forgive("422");
    }

    private static string Percent(double value) =>
        (100 * value).ToString(value is < 0.1 or > 0.9 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";

    private async Task<JsonArray> AskAsync(byte[] image, string adapter = "first")
    {
        using var client = new HttpClient { BaseAddress = served.Address };
        using var body = new ByteArrayContent(image);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpResponseMessage answer = await client.PostAsync($"/v1/predict?adapter={adapter}", body, cancellation);
        JsonNode said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation))!;
        return said["images"]![0]!["results"]![0]!["findings"]!.AsArray();
    }
}
