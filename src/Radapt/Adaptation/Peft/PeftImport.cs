using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>Reads what PEFT's <c>save_pretrained</c> wrote for a vision transformer in timm's or Hugging Face's names.</summary>
internal static class PeftImport
{
    private static readonly string[] s_patchEmbeddings = ["patch_embed.proj", "patch_embeddings.projection"];

    /// <exception cref="RadaptException">Damaged, of another kind, or LoRA on a module that Radapt does not know.</exception>
    public static ForeignAdapter Read(string path)
    {
        using PeftFolder folder = PeftFolder.Open(path);
        var lora = new List<LowRankUpdate>();
        var added = new Dictionary<string, Tensor>();
        foreach (string module in folder.Modules)
        {
            if (PeftNames.PlaceOf(module) is { } place)
            {
                (Tensor a, Tensor b, double scale) = folder.Read(module);
                lora.Add(new LowRankUpdate(place, a, b, scale));
            }
            else if (s_patchEmbeddings.Any(p => PeftConfig.Matches(module, p)))
            {
                if (!added.TryAdd("patch_embed.proj.weight", Convolution(folder, module)))
                {
                    throw new RadaptException($"{folder.Path}: has LoRA on the patch embedding twice.");
                }
            }
            else
            {
                throw new RadaptException(
                    $"{folder.Path}: has LoRA on {module}, which is not a projection of a vision transformer that Radapt knows.");
            }
        }

        return new ForeignAdapter
        {
            Description = "PEFT LoRA",
            Lora = lora,
            Added = added,
            Saved = folder.Saved.Where(n => n.Third is null).ToDictionary(n => n.Name, folder.ReadSaved),
            SavedThirds = [.. folder.Saved.Where(n => n.Third is not null).Select(n => (n.Name, n.Third!.Value, folder.ReadSaved(n)))],
            Dropout = folder.Config.Dropout,
            Facts = folder.Facts,
        };
    }

    // PEFT's LoRA on a convolution: a convolution to r channels, then one of 1 x 1; together a convolution as large as the first.
    private static Tensor Convolution(PeftFolder folder, string module)
    {
        (Tensor a, Tensor b, double scale) = folder.Read(module);
        if (a.dim() != 4 || b.dim() != 4 || b.shape[2] != 1 || b.shape[3] != 1)
        {
            throw new RadaptException(
                $"{folder.Path}: {module} has lora_A of {Shape(a)} and lora_B of {Shape(b)}, which are not "
                    + "the shapes of LoRA on the patch embedding.");
        }

        return b.flatten(1).matmul(a.flatten(1)).Times(scale).view(b.shape[0], a.shape[1], a.shape[2], a.shape[3]); // (C, 3, P, P)
    }

    private static string Shape(Tensor tensor) => $"({string.Join(", ", tensor.shape)})";
}
