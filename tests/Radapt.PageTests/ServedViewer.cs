using Radapt.Bench.Service;

namespace Radapt.PageTests;

/// <summary>
/// <c>radapt serve</c> with two models, and Chromium as the system has it. Playwright's own browsers are not downloaded.
/// </summary>
public sealed class ServedViewer : IAsyncLifetime
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private ServiceModel? _model;
    private ServedProcess? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where the service listens.</summary>
    public Uri Address => _server!.Address;

    /// <summary>Phantoms: the fourth is a DICOM file, the others are PNG.</summary>
    public IReadOnlyList<byte[]> Images => _model!.Images;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (FindChromium() is not { } chromium)
        {
            return; // each test says that it is skipped
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [], // Chromium's sandbox does not work for root
        });
        _model = new ServiceModel(ServiceBench.Small, "float32", images: 4, side: 256);
        _server = await ServedProcess.StartAsync(_model.Run);
        using var client = new HttpClient { BaseAddress = Address };
        using var second = new ByteArrayContent(_model.Adapters[1]);
        using HttpResponseMessage added = await client.PutAsync("/v1/adapters/second", second);
        added.EnsureSuccessStatusCode();
    }

    /// <summary>Opens the page in a browser without cookies or storage.</summary>
    /// <param name="width">Of the window, pixels.</param>
    /// <param name="height">Of the window, pixels.</param>
    public async Task<ViewerPage> OpenAsync(int width = 1440, int height = 900)
    {
        IPage page = await OpenBlankAsync(width, height);
        return await ViewerPage.OpenAsync(page, Address);
    }

    /// <summary>Opens an empty page; the test is skipped where there is no Chromium.</summary>
    public async Task<IPage> OpenBlankAsync(int width = 1440, int height = 900)
    {
        Assert.SkipWhen(_browser is null,
            "Chromium is not installed (Debian: apt-get install chromium); RADAPT_CHROMIUM may name its executable.");
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        return await context.NewPageAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _server?.Dispose();
        _model?.Dispose();
    }

    private static string? FindChromium() => Environment.GetEnvironmentVariable("RADAPT_CHROMIUM") is { Length: > 0 } given ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => s_names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
