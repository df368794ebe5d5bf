using Radapt.Datasets.Matching;

namespace Radapt.Tests.Datasets.Matching;

public sealed class CanonicalLettersTests
{
    // Written by code points, so that no editor or compiler can change the spelling.
    [Theory]
    [InlineData("M\u00FCller", "Mu\u0308ller")]
    [InlineData("Nguy\u1EC5n", "Nguye\u0302\u0303n")] // two marks on one letter
    [InlineData("Vi\u1EC7t", "Vie\u0323\u0302t")]
    [InlineData("\u0419\u0451", "\u0418\u0306\u0435\u0308")]
    [InlineData("\u0390", "\u03B9\u0308\u0301")]
    [InlineData("\u304C\u30D1", "\u304B\u3099\u30CF\u309A")]
    [InlineData("\uAE40\uC774", "\u1100\u1175\u11B7\u110B\u1175")] // Hangul with and without a final consonant
    [InlineData("ASCII only", "ASCII only")]
    [InlineData("\u00DF \u674E", "\u00DF \u674E")] // letters without marks stay
    public void BothForms_OfEitherSpelling_AreThatOfUnicode(string composed, string decomposed)
    {
        Assert.All(new[] { composed, decomposed }, text =>
        {
            Assert.Equal(composed, CanonicalLetters.Composed(text));
            Assert.Equal(decomposed, CanonicalLetters.Decomposed(text));
        });
    }

    [Fact]
    public void Decomposed_EveryCharacter_ComposesToItself()
    {
        int taken = 0;
        for (int c = 0; c <= char.MaxValue; c++) // halves of surrogates, too: damaged names have them
        {
            string text = $"{(char)c}";
            string apart = CanonicalLetters.Decomposed(text);
            Assert.Equal(text, CanonicalLetters.Composed(apart));
            taken += apart.Length > 1 ? 1 : 0;
        }

        Assert.Equal(928 + 11172, taken); // composites of the plane that NFC keeps, and the Hangul syllables (Unicode 14)
    }
}
