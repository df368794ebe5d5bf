using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Radapt.Imaging.Dicom.Writing;

/// <summary>
/// Unique identifiers of what Radapt writes: <c>2.25.</c> and a UUID as a decimal number (PS3.5, B.2), so that no registered root is
/// needed.
/// </summary>
internal static class DicomUid
{
    /// <summary>Radapt, as the program that wrote a file (Implementation Class UID).</summary>
    public const string Implementation = "2.25.139142675259260739478215113270671160915";

    /// <summary>The longest that a UID may be.</summary>
    public const int MostCharacters = 64;

    private const string Root = "2.25.";

    /// <summary>
    /// The UID of something that names tell apart, the same for the same names, on every machine and in every year: a UUID of version 8
    /// (RFC 9562, 5.8) from the first 128 bits of the names' SHA-256.
    /// </summary>
    /// <param name="names">Whatever the thing depends on, in an order that is always the same.</param>
    public static string FromNames(params IEnumerable<string> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (byte[] name in names.Select(Encoding.UTF8.GetBytes))
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, name.Length); // so that "a", "bc" is not "ab", "c"
            hash.AppendData(length);
            hash.AppendData(name);
        }

        byte[] uuid = hash.GetHashAndReset()[..16];
        uuid[6] = (byte)(0x80 | (uuid[6] & 0x0F)); // version 8
        uuid[8] = (byte)(0x80 | (uuid[8] & 0x3F)); // variant of RFC 9562
        return Root + new BigInteger(uuid, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a text can be a UID: digits and points only, of a length that is allowed.</summary>
    public static bool IsPlausible(string uid) =>
        uid.Length is > 0 and <= MostCharacters && uid.All(c => char.IsAsciiDigit(c) || c == '.') && char.IsAsciiDigit(uid[0])
        && char.IsAsciiDigit(uid[^1]) && !uid.Contains("..", StringComparison.Ordinal);
}
