namespace Radapt.Tests;

public class NativeLibrariesTests
{
    [Fact]
    public void Require_WhereTheLibrariesAre_PassesAndLoadsThem()
    {
        NativeLibraries.RequireTensors();
        NativeLibraries.RequireImages();
        Assert.True(NetVips.ModuleInitializer.VipsInitialized);
    }
}
