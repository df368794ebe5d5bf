using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Tables;

/// <summary>What people and programs call the parts of a split.</summary>
internal static class SplitNames
{
    // English, German, French, Spanish, Italian, Dutch, Portuguese, Nordic. "Evaluation" and its like are left out: some mean val by it,
    // others test.
    private static readonly Dictionary<string, string> s_parts = new (string Part, string Names)[]
    {
        ("train",
            "train training trn trainingsdaten trainingsset trainset entrainement entraînement apprentissage entrenamiento addestramento "
            + "treino treinamento träning trening træning opleiding"),
        ("val", "val valid validation validierung validierungsdaten validierungsset valset dev development tune tuning validación validacion "
            + "validazione validatie validação validacao validering"),
        ("test", "test testing tst testdaten testset holdout hold-out prueba essai teste"),
    }.SelectMany(p => p.Names.Split(' ').Select(n => (Name: n, p.Part))).ToDictionary(p => p.Name, p => p.Part, StringComparer.Ordinal);

    /// <summary><c>train</c>, <c>val</c> or <c>test</c>; null: none of them.</summary>
    public static string? Part(string cell) =>
        s_parts.TryGetValue(CanonicalLetters.Composed(cell).ToLowerInvariant(), out string? part) ? part : null;
}
