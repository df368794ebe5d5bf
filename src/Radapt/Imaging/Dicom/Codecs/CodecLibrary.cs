using System.Reflection;
using System.Runtime.InteropServices;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>A native library that decodes, under the names that it has on each system.</summary>
/// <param name="Name">Its name on Linux, under which its functions are imported.</param>
/// <param name="Package">Its package on Debian and Ubuntu.</param>
/// <param name="Formula">Its formula in Homebrew.</param>
/// <param name="Windows">Its names on Windows; the first is the usual one.</param>
/// <param name="MacOs">Its names on macOS.</param>
internal sealed record CodecLibrary(string Name, string Package, string Formula, string[] Windows, string[] MacOs)
{
    // Homebrew's folder on Apple processors, where macOS does not look by itself.
    private const string Homebrew = "/opt/homebrew/lib/";

    /// <summary>JPEG-LS.</summary>
    public static CodecLibrary JpegLs { get; } = new(
        CharLs.Library, "libcharls2", "charls", ["charls.dll", "charls-2-x64.dll", "libcharls-2.dll"],
        ["libcharls.2.dylib", "libcharls.dylib"]);

    /// <summary>JPEG 2000.</summary>
    public static CodecLibrary Jpeg2000 { get; } = new(
        OpenJpeg.Library, "libopenjp2-7", "openjpeg", ["openjp2.dll", "libopenjp2-7.dll", "libopenjp2.dll"],
        ["libopenjp2.7.dylib", "libopenjp2.dylib"]);

    /// <summary>The library that decodes a coding.</summary>
    public static CodecLibrary For(PixelCoding coding) => coding == PixelCoding.JpegLs ? JpegLs : Jpeg2000;

    /// <summary>How to get it on this system.</summary>
    public string Advice => OperatingSystem.IsWindows() ? $"put {Windows[0]} beside the application"
        : OperatingSystem.IsMacOS() ? $"install {MacOs[0]} (Homebrew: {Formula})"
        : $"install {Name} (Debian package {Package})";

    /// <summary>Makes the imported functions look under the names of this system. Once per process.</summary>
    public static void UseNamesOfThisSystem() =>
        NativeLibrary.SetDllImportResolver(typeof(CodecLibrary).Assembly, static (name, assembly, path) =>
            name == JpegLs.Name ? JpegLs.Load(assembly, path) : name == Jpeg2000.Name ? Jpeg2000.Load(assembly, path) : 0);

    /// <summary>Whether this system has it.</summary>
    public bool IsInstalled()
    {
        nint handle = Load(typeof(CodecLibrary).Assembly, path: null);
        if (handle != 0)
        {
            NativeLibrary.Free(handle);
        }

        return handle != 0;
    }

    private nint Load(Assembly assembly, DllImportSearchPath? path)
    {
        string[] names = OperatingSystem.IsWindows() ? Windows
            : OperatingSystem.IsMacOS() ? [.. MacOs, .. MacOs.Select(n => Homebrew + n)] : [Name];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, assembly, path, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
