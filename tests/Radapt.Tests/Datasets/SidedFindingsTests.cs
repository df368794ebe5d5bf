using Radapt.Datasets;

namespace Radapt.Tests.Datasets;

public sealed class SidedFindingsTests
{
    [Theory]
    [InlineData("left effusion")]
    [InlineData("Effusion LEFT")]
    [InlineData("EffusionRight")]
    [InlineData("right_lower_lobe")]
    [InlineData("Pneumothorax_R")]
    [InlineData("Erguss-L")]
    [InlineData("Erguss rechts")]
    [InlineData("Linksseitiger Erguss links")]
    [InlineData("linker Unterlappen")]
    [InlineData("épanchement pleural gauche")]
    [InlineData("derrame derecho")]
    [InlineData("Dextrocardia")]
    public void IsSided_NameWithASide_IsTrue(string finding) => Assert.True(SidedFindings.IsSided(finding));

    [Theory]
    [InlineData("Effusion")]
    [InlineData("Bright spot")]
    [InlineData("Leftover drain")]
    [InlineData("Lateral view")]
    [InlineData("Pleural_Thickening")]
    [InlineData("COPD")]
    [InlineData("r")]
    public void IsSided_NameWithoutASide_IsFalse(string finding) => Assert.False(SidedFindings.IsSided(finding));
}
