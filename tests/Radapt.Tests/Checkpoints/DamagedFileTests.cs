using CsCheck;
using Radapt.Checkpoints;
using Radapt.Tests.Golden;

namespace Radapt.Tests.Checkpoints;

/// <summary>Whatever happens to a file, the answer is its tensors or one line for the user, never another exception.</summary>
[Trait("Category", "Golden")]
public sealed class DamagedFileTests
{
    public static TheoryData<string> Files =>
        ["zoo_core", "zoo_core_legacy", "zoo_core_proto4", "zoo_core_deflated", "zoo_objects", "zoo_core_cuda_legacy", "safetensors"];

    [Theory, MemberData(nameof(Files))]
    public void Open_TruncatedAtAnyByte_IsRefusedOrComplete(string name)
    {
        byte[] whole = Content(name);
        using var folder = new TemporaryFolder();
        int step = Math.Max(1, whole.Length / 600);
        for (int length = 0; length < whole.Length; length += step)
        {
            File.WriteAllBytes(folder["file"], whole[..length]);

            // Only the end-of-archive comment and the like may be cut without loss.
            Assert.False(TryReadAll(folder["file"]), $"{name} cut to {length} of {whole.Length} bytes was accepted");
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Open_ChangedBytes_GivesTensorsOrOneLine(string name)
    {
        byte[] whole = Content(name);
        using var folder = new TemporaryFolder();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length - 1], Gen.Byte).Sample(
            (at, value, at2, value2) =>
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                changed[at2] = value2;
                File.WriteAllBytes(folder["file"], changed);
                TryReadAll(folder["file"]);
            },
            iter: 500, threads: 1);
    }

    private static byte[] Content(string name)
    {
        GoldenCase? golden = GoldenIndex.Find($"checkpoints/{(name == "safetensors" ? "zoo_core" : name)}");
        Assert.SkipWhen(golden is null, $"the golden folder in use does not hold {name}");
        return File.ReadAllBytes(golden!.File(name == "safetensors" ? "expected_model" : "input"));
    }

    private static bool TryReadAll(string path)
    {
        try
        {
            using CheckpointFile file = CheckpointFile.Open(path);
            foreach (TensorInfo tensor in file.Tensors)
            {
                using var memory = new NativeBlock(tensor.Bytes);
                file.CopyTo(tensor.Name, memory.Address, tensor.Bytes);
            }

            return true;
        }
        catch (RadaptException)
        {
            return false;
        }
    }
}
