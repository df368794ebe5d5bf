using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;

namespace Radapt.Tests.Adaptation;

/// <summary>Methods by name, and what adapters say of them.</summary>
internal static class TestMethods
{
    /// <summary>The method of this name at its defaults; LoRA with the given options.</summary>
    public static MethodOptions Create(string name, LoraOptions lora) => name == lora.Name ? lora : AdaptationMethod.Find(name).Defaults;

    /// <summary>The options of a LoRA adapter.</summary>
    public static LoraOptions Lora(this AdapterDescription adapter) => Assert.IsType<LoraOptions>(adapter.Method);
}
