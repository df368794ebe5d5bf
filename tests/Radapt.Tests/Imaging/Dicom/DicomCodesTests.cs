using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

public sealed class DicomCodesTests
{
    // Capital letters that are not a code of the standard may be somebody's name.
    [Theory]
    [InlineData("CT", "CT")]
    [InlineData("RTIMAGE", "RTIMAGE")]
    [InlineData("mg", "MG")]
    [InlineData("MUSTERMANN", "of an unknown modality")]
    [InlineData("19010203", "of an unknown modality")]
    [InlineData("DX", null)]
    [InlineData("", null)]
    public void FolderImage_Modality_IsShownWhereTheStandardHasIt(string modality, string? refusal)
    {
        byte[] file = (DicomPhantom.Draw(8, 8, 12, 1) with { Modality = modality }).ToFile("explicit");
        Assert.Equal(refusal, FolderImage.FromMemory(file, "image").Refusal);
    }

    [Theory]
    [InlineData("KNEE", "body part KNEE, not the chest")]
    [InlineData("MUSTERMANN", "body part of an unknown name, not the chest")]
    [InlineData("CHEST", null)]
    public void AcceptedImages_BodyPart_IsShownWhereTheStandardHasIt(string bodyPart, string? refusal)
    {
        byte[] file = (DicomPhantom.Draw(8, 8, 12, 1) with { BodyPart = bodyPart }).ToFile("explicit");
        Assert.Equal(refusal, new AcceptedImages().Refusal(FolderImage.FromMemory(file, "image")));
    }
}
