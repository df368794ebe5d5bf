using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// Starts this application once more as a decoding process. .NET runs <see cref="StartupHook"/> there before the application's <c>Main</c>,
/// which never runs. So no second executable has to be found, signed or published: it works with <c>dotnet</c>, with a launcher, and in
/// self-contained and single-file applications.
/// </summary>
internal static class CodecHost
{
    private const string HookVariable = "DOTNET_STARTUP_HOOKS";
    private const string HookSwitch = "System.StartupHookProvider.IsSupported";

    /// <summary>How to start the process.</summary>
    /// <exception cref="InvalidDataException">The application cannot be started so.</exception>
    public static ProcessStartInfo StartInfo()
    {
        if (AppContext.TryGetSwitch(HookSwitch, out bool isSupported) && !isSupported)
        {
            throw new InvalidDataException($"its pixels are decoded in a second process of this application, which needs {HookSwitch}: "
                + "publish without trimming, or convert the file");
        }

        string[] command = Command();
        var start = new ProcessStartInfo(command[0], command.Skip(1));
        string library = typeof(CodecHost).Assembly.Location;
        start.Environment[HookVariable] = library.Length > 0 ? library : typeof(CodecHost).Assembly.GetName().Name;
        return start;
    }

    // An application that runs on a shared framework is started by dotnet, whatever program hosts it now (a web server, a test runner).
    private static string[] Command()
    {
        string program = Environment.ProcessPath ?? throw new InvalidDataException(
            "its pixels are decoded in a second process of this application, whose file is not known here; convert the file");
        return Assembly.GetEntryAssembly()?.Location is { Length: > 0 } entry && Launcher() is { } dotnet
            ? [dotnet, "exec", .. Configuration(entry), entry] : [program];
    }

    /// <summary>The command dotnet of the running shared framework; null: the application carries its own framework.</summary>
    private static string? Launcher()
    {
        DirectoryInfo framework = new(RuntimeEnvironment.GetRuntimeDirectory()); // root/shared/Microsoft.NETCore.App/10.0.0
        if (framework.Parent?.Parent is not { Name: "shared", Parent: { } root })
        {
            return null;
        }

        string launcher = Path.Combine(root.FullName, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(launcher) ? launcher : null;
    }

    // A test runner's own assembly has no configuration beside it; that of the tests serves as well.
    private static string[] Configuration(string entry)
    {
        if (File.Exists(Path.ChangeExtension(entry, ".runtimeconfig.json")))
        {
            return [];
        }

        string? other = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.runtimeconfig.json").Min(StringComparer.Ordinal);
        return other is null ? [] : ["--runtimeconfig", other];
    }
}
