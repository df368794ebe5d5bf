using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Radapt.Tests.Build;

/// <summary>What the library shows to its users, and what it must leave alone in their process.</summary>
public class PublicSurfaceTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Process-wide things are the application's: DESIGN, "The library changes nothing process-wide".
    private static readonly string[] s_processWide =
    [
        "System.Console.", "System.Environment.SetEnvironmentVariable", "System.Environment.Exit", "System.Threading.ThreadPool.Set",
        "System.IO.Directory.SetCurrentDirectory", "System.Globalization.CultureInfo.set_", "System.AppContext.SetSwitch",
        "TorchSharp.torch.set_num_threads", "TorchSharp.torch.set_num_interop_threads", "TorchSharp.torch.manual_seed",
        "TorchSharp.torch+random.manual_seed", "TorchSharp.torch.set_default_dtype", "TorchSharp.torch.set_default_device",
        "TorchSharp.torch.InitializeDeviceType", "TorchSharp.torch.InitializeDevice", "TorchSharp.torch.use_deterministic_algorithms",
    ];

    [Fact]
    public void PublicTypes_Signatures_ShowNoTorchSharpType()
    {
        Type[] exported = typeof(RadaptException).Assembly.GetExportedTypes();
        Assert.NotEmpty(exported);
        Assert.Empty(exported.SelectMany(TorchSharpIn));
    }

    [Fact]
    public void TorchSharpIn_TypeThatShowsTensors_NamesEachPlace() =>
        Assert.Equal(
            ["ShowsTensors.Field", "ShowsTensors.Method", "ShowsTensors.get_Property", "ShowsTensors.set_Property",
                "ShowsTensors: base or interface"],
            TorchSharpIn(typeof(ShowsTensors)).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Library_Calls_ChangeNothingProcessWide()
    {
        // A decoding process belongs to the library. Threads are set where RadaptRuntime.Configure is asked for it.
        string[] ofTheStartupHook = ["System.Console.OpenStandardInput", "System.Console.OpenStandardOutput", "System.Environment.Exit"];
        Assert.Equal([.. ofTheStartupHook, "TorchSharp.torch.set_num_threads"],
            ProcessWide(typeof(RadaptException).Assembly).Order(StringComparer.Ordinal));
        Assert.Equal(["StartupHook.cs"], Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src", "Radapt"), "*.cs", SearchOption.AllDirectories)
            .Where(f => ofTheStartupHook.Any(m => File.ReadAllText(f).Contains($"{m["System.".Length..]}(", StringComparison.Ordinal)))
            .Select(Path.GetFileName));
        string[] ofTheTests = ProcessWide(typeof(PublicSurfaceTests).Assembly);
        Assert.Contains("System.Environment.SetEnvironmentVariable", ofTheTests); // the check sees what is there: Provoke below
        Assert.Contains("System.Console.WriteLine", ofTheTests);
    }

    private static void Provoke()
    {
        Environment.SetEnvironmentVariable("RADAPT_NEVER_CALLED", null);
        Console.WriteLine();
        Provoke();
    }

    private static string[] ProcessWide(Assembly assembly) =>
        [.. ExternalMembers(assembly.Location).Where(m => s_processWide.Any(p => m.StartsWith(p, StringComparison.Ordinal))).Distinct()];

    /// <summary>Every member of another assembly that this one calls or reads: the compiler lists them in one table.</summary>
    private static IEnumerable<string> ExternalMembers(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        MetadataReader metadata = file.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference)
            .Select(m => $"{Name((TypeReferenceHandle)m.Parent)}.{metadata.GetString(m.Name)}")];

        string Name(TypeReferenceHandle handle)
        {
            TypeReference type = metadata.GetTypeReference(handle);
            string name = metadata.GetString(type.Name);
            return type.ResolutionScope.Kind == HandleKind.TypeReference ? $"{Name((TypeReferenceHandle)type.ResolutionScope)}+{name}"
                : $"{metadata.GetString(type.Namespace)}.{name}";
        }
    }

    private static IEnumerable<string> TorchSharpIn(Type type)
    {
        if (type.GetInterfaces().Append(type.BaseType).OfType<Type>().Any(ShowsTorchSharp))
        {
            yield return $"{type.Name}: base or interface";
        }

        IEnumerable<(string Name, IEnumerable<Type> Types)> members =
        [
            .. type.GetFields(All).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly)
            .Select(f => (f.Name, (IEnumerable<Type>)[f.FieldType])),
            .. type.GetMethods(All).Where(IsShown).Select(m => (m.Name, Types(m).Append(m.ReturnType))),
            .. type.GetConstructors(All).Where(IsShown).Select(c => (c.Name, Types(c))),
        ];
        foreach ((string name, _) in members.Where(m => m.Types.Any(ShowsTorchSharp)))
        {
            yield return $"{type.Name}.{name}";
        }

        static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

        static IEnumerable<Type> Types(MethodBase method) => method.GetParameters().Select(p => p.ParameterType);
    }

    private static bool ShowsTorchSharp(Type type) =>
        type.Assembly == typeof(TorchSharp.torch).Assembly
        || (type.HasElementType && ShowsTorchSharp(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(ShowsTorchSharp));

#pragma warning disable CA1034, CA1051 // a bad example
    public abstract class ShowsTensors : IProgress<TorchSharp.torch.Tensor>
    {
        protected readonly TorchSharp.torch.Tensor[]? Field;

        public IReadOnlyList<TorchSharp.torch.Tensor>? Property { get; set; }

        public abstract void Method(ref TorchSharp.torch.ScalarType type);

        void IProgress<TorchSharp.torch.Tensor>.Report(TorchSharp.torch.Tensor value) => _ = Field;
    }
#pragma warning restore CA1034, CA1051
}
