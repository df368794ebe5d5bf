using System.Runtime.CompilerServices;
using TorchSharp;

namespace Radapt;

/// <summary>
/// The native libraries of the system, libtorch and libvips, which an application brings along: docs/library.md. Where they are missing,
/// the first use says what to do, in place of the loader's own exceptions.
/// </summary>
internal static class NativeLibraries
{
    private const string Advice = "An application that uses Radapt names the system it is for: add "
        + "<UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>, or <RuntimeIdentifier>linux-x64</RuntimeIdentifier> "
        + "(win-x64, osx-arm64), to its project file, and build again.";

    /// <summary>Loads the tensor library.</summary>
    /// <exception cref="RadaptException">It is missing, or not made for this system.</exception>
    public static void RequireTensors()
    {
        try
        {
            RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
        }
        catch (TypeInitializationException e)
        {
            throw new RadaptException($"The native tensor library (libtorch) cannot be loaded. {Advice}", e);
        }
    }

    /// <summary>Whether the image library is there, as its binding found out when it was loaded.</summary>
    /// <exception cref="RadaptException">It is missing, or not made for this system.</exception>
    public static void RequireImages()
    {
        if (!NetVips.ModuleInitializer.VipsInitialized)
        {
            throw new RadaptException(
                $"The native image library (libvips) cannot be loaded. {Advice}", NetVips.ModuleInitializer.Exception);
        }
    }
}
