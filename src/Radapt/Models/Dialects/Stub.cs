// Placeholder until the branch `checkpoints` lands its dialects: whoever lands them deletes this file.
using Radapt.Checkpoints;
namespace Radapt.Models.Dialects;
internal sealed record LeftOutTensors(string Group, int Count, string Reason);
internal sealed record RecognisedWeights(string Description, BackboneShape? Shape, IReadOnlyDictionary<string,string> Encoder, double Mean, double Std, IReadOnlyList<LeftOutTensors> LeftOut);
internal static class WeightsDialect {
  public static RecognisedWeights Recognise(CheckpointFile f) { string p = f.Contains("model.cls_token") ? "model." : "";
    return new("stub", null, f.Tensors.Where(t=>t.Name.StartsWith(p)).ToDictionary(t=>t.Name[p.Length..], t=>t.Name), .4785,.2834, []); } }
internal static class WeightsCheck { public static void Ensure(CheckpointFile f, RecognisedWeights r, IReadOnlyList<(string,long[])> e) {} }
