using System.Text;

namespace Radapt.Imaging.Dicom.Writing;

/// <summary>Writes data sets as DICOM files (PS3.10, section 7) in explicit little endian.</summary>
internal static class DicomFileWriter
{
    private const string ExplicitLittleEndian = "1.2.840.10008.1.2.1";
    private const int Preamble = 128;

    private static readonly DicomTag s_groupLength = new(0x0002, 0x0000);
    private static readonly DicomTag s_metaVersion = new(0x0002, 0x0001);
    private static readonly DicomTag s_mediaClass = new(0x0002, 0x0002);
    private static readonly DicomTag s_mediaInstance = new(0x0002, 0x0003);
    private static readonly DicomTag s_implementation = new(0x0002, 0x0012);
    private static readonly DicomTag s_implementationVersion = new(0x0002, 0x0013);

    /// <summary>A file in memory.</summary>
    /// <param name="content">The data set, without SOP Class UID and SOP Instance UID, which are added.</param>
    /// <param name="sopClass">What kind of object it is.</param>
    /// <param name="sopInstance">This very object.</param>
    /// <param name="encoding">Of texts; the data set says which it is (Specific Character Set).</param>
    /// <param name="version">Of the program, such as <c>0.1.0</c>.</param>
    public static byte[] Write(WrittenDataSet content, string sopClass, string sopInstance, Encoding encoding, string version)
    {
        string name = $"RADAPT_{version}";
        byte[] meta = new WrittenDataSet()
            .Bytes(s_metaVersion, "OB", [0, 1])
            .Text(s_mediaClass, "UI", sopClass)
            .Text(s_mediaInstance, "UI", sopInstance)
            .Text(DicomTag.TransferSyntaxUid, "UI", ExplicitLittleEndian)
            .Text(s_implementation, "UI", DicomUid.Implementation)
            .Text(s_implementationVersion, "SH", name[..Math.Min(16, name.Length)])
            .ToBytes(Encoding.ASCII);
        content.Text(DicomTag.SopClassUid, "UI", sopClass).Text(DicomTag.SopInstanceUid, "UI", sopInstance);

        using var file = new MemoryStream();
        file.Write(new byte[Preamble]);
        file.Write("DICM"u8);
        new WrittenDataSet().Long(s_groupLength, meta.Length).Write(file, Encoding.ASCII);
        file.Write(meta);
        content.Write(file, encoding);
        return file.ToArray();
    }
}
