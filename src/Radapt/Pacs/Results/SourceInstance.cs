using System.Text;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Writing;

namespace Radapt.Pacs.Results;

/// <summary>
/// The image that results are about: its identifiers, and those elements of patient and study that results repeat, so that an archive
/// files them beside it. The header comes from elsewhere: only elements of a fixed list are taken, each with the standard's value
/// representation and length. Nothing of it is to be shown or logged, and <see cref="ToString"/> says nothing.
/// </summary>
internal sealed class SourceInstance
{
    private const int BytesPerCharacter = 4; // at most, in UTF-8, GB18030 and with escape sequences

    // Type 2 elements are written empty where the source lacks them; others are left out (PS3.3, C.7.1.1, C.7.2.1, C.7.2.2).
    private static readonly Rule[] s_rules =
    [
        new(DicomTag.PatientName, "PN", (3 * 64) + 2, IsIdentity: true, IsAlwaysThere: true),
        new(DicomTag.PatientId, "LO", 64, IsIdentity: true, IsAlwaysThere: true),
        new(DicomTag.PatientIdIssuer, "LO", 64, IsIdentity: true),
        new(DicomTag.PatientBirthDate, "DA", 8, IsAlwaysThere: true) { IsSound = IsDate },
        new(DicomTag.PatientSex, "CS", 1, IsAlwaysThere: true) { IsSound = t => t is "M" or "F" or "O" },
        new(DicomTag.PatientAge, "AS", 4) { IsSound = t => t.Length == 4 && t[..3].All(char.IsAsciiDigit) && "DWMY".Contains(t[3]) },
        new(DicomTag.PatientIdentityRemoved, "CS", 3) { IsSound = t => t is "YES" or "NO" },
        new(DicomTag.AccessionNumber, "SH", 16, IsIdentity: true, IsAlwaysThere: true),
        new(DicomTag.StudyDate, "DA", 8, IsAlwaysThere: true) { IsSound = IsDate },
        new(DicomTag.StudyTime, "TM", 14, IsAlwaysThere: true) { IsSound = IsTime },
        new(DicomTag.ReferringPhysician, "PN", (3 * 64) + 2, IsAlwaysThere: true),
        new(DicomTag.StudyId, "SH", 16, IsAlwaysThere: true),
        new(DicomTag.StudyDescription, "LO", 64),
    ];

    private readonly (Rule Rule, byte[] Text)[] _texts;

    private SourceInstance((Rule Rule, byte[] Text)[] texts) => _texts = texts;

    /// <summary>What kind of object it is.</summary>
    public required string SopClassUid { get; init; }

    /// <summary>This very image.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>The series that it belongs to.</summary>
    public required string SeriesInstanceUid { get; init; }

    /// <summary>The examination that it belongs to.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>Specific Character Set as stated; empty: none.</summary>
    public required string CharacterSet { get; init; }

    /// <summary>Number within its series; 1: not stated.</summary>
    public required int InstanceNumber { get; init; }

    /// <summary>Directions of rows and columns, such as <c>L\F</c>; empty: not stated.</summary>
    public required string PatientOrientation { get; init; }

    /// <summary>Part of the body; the chest where it is not stated.</summary>
    public required string BodyPart { get; init; }

    /// <summary>Side of a body part that has two, <c>R</c> or <c>L</c>; empty: not stated.</summary>
    public required string Laterality { get; init; }

    /// <summary>Whether its pixels name the patient, <c>YES</c> or <c>NO</c>; empty: not stated.</summary>
    public required string BurnedInAnnotation { get; init; }

    /// <summary>Its pixels were compressed with losses at some time.</summary>
    public required bool IsLossy { get; init; }

    /// <summary>Reads a file's elements.</summary>
    /// <exception cref="InvalidDataException">An identifier is missing or damaged.</exception>
    public static SourceInstance From(DicomFile file)
    {
        DicomDataSet set = file.Elements;
        return new SourceInstance([.. s_rules.Select(r => (r, r.Read(set))).Where(t => t.Item2.Length > 0)])
        {
            SopClassUid = Uid(set, DicomTag.SopClassUid),
            SopInstanceUid = Uid(set, DicomTag.SopInstanceUid),
            SeriesInstanceUid = Uid(set, DicomTag.SeriesInstanceUid),
            StudyInstanceUid = Uid(set, DicomTag.StudyInstanceUid),
            CharacterSet = Short(set, DicomTag.SpecificCharacterSet, 128, _ => true),
            InstanceNumber = int.TryParse(Short(set, DicomTag.InstanceNumber, 12, _ => true), out int number) && number >= 0 ? number : 1,
            PatientOrientation = Short(set, DicomTag.PatientOrientation, 33, t => t.All(c => c == '\\' || char.IsAsciiLetterUpper(c))),
            BodyPart = Short(set, DicomTag.BodyPart, 16, t => t.All(c => char.IsAsciiLetterUpper(c) || c is ' ' or '_'))
                is { Length: > 0 } part ? part : "CHEST",
            Laterality = Short(set, DicomTag.Laterality, 16, t => t is "R" or "L"),
            BurnedInAnnotation = Short(set, DicomTag.BurnedInAnnotation, 16, t => t is "YES" or "NO"),
            IsLossy = Short(set, DicomTag.LossyCompression, 16, _ => true) == "01",
        };
    }

    /// <summary>Adds the elements of patient and study to a result.</summary>
    public void CopyTo(WrittenDataSet result, ResultCharacterSet characters)
    {
        var texts = _texts.ToDictionary(t => t.Rule.Tag, t => t.Text);
        foreach (Rule rule in s_rules.Where(r => r.IsAlwaysThere || texts.ContainsKey(r.Tag)))
        {
            result.Bytes(rule.Tag, rule.Vr, characters.Convert(texts.GetValueOrDefault(rule.Tag) ?? []));
        }

        if (texts.GetValueOrDefault(DicomTag.PatientIdentityRemoved) is [(byte)'Y', ..])
        {
            result.Text(DicomTag.DeidentificationMethod, "LO", "As in the source image"); // required where the identity was removed
        }

        result.Text(DicomTag.StudyInstanceUid, "UI", StudyInstanceUid);
        if (characters.Declared.Length > 0)
        {
            result.Text(DicomTag.SpecificCharacterSet, "CS", characters.Declared);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => nameof(SourceInstance);

    private static bool IsDate(string text) => text.Length == 8 && text.All(char.IsAsciiDigit);

    private static bool IsTime(string text) => text.Length is >= 2 and <= 14 && text.All(c => char.IsAsciiDigit(c) || c == '.');

    private static string Uid(DicomDataSet set, DicomTag tag)
    {
        string uid = set.FirstText(tag);
        return DicomUid.IsPlausible(uid) ? uid
            : throw new InvalidDataException(uid.Length == 0
                ? $"{tag} is missing, so results cannot refer to this image; export it again from the archive"
                : $"{tag} is not a UID; export it again from the archive");
    }

    // A text that results can do without.
    private static string Short(DicomDataSet set, DicomTag tag, int most, Func<string, bool> isSound) =>
        set.Find(tag) is { } element && element.Length <= most && set.Text(tag) is var text && isSound(text) ? text : "";

    private sealed record Rule(DicomTag Tag, string Vr, int Most, bool IsIdentity = false, bool IsAlwaysThere = false)
    {
        /// <summary>Whether a value can be what the element says; others are left out.</summary>
        public Func<string, bool> IsSound { get; init; } = _ => true;

        /// <summary>The value without padding; empty: none, or not one that may be copied.</summary>
        public byte[] Read(DicomDataSet set)
        {
            if (set.Find(Tag) is not { } element)
            {
                return [];
            }

            ReadOnlySpan<byte> value = [];
            if (element.Length <= BytesPerCharacter * Most)
            {
                value = set.Bytes.AsSpan(element.Offset, (int)element.Length).Trim(" \0"u8);
                bool isText = value.IndexOfAnyInRange((byte)0, (byte)0x1A) < 0 && value.IndexOfAnyInRange((byte)0x1C, (byte)0x1F) < 0;
                if (isText && set.Text(Tag).Length <= (value.Contains((byte)0x1B) ? BytesPerCharacter * Most : Most)
                    && IsSound(Encoding.Latin1.GetString(value)))
                {
                    return value.ToArray();
                }
            }

            return IsIdentity && (value.Length > 0 || element.Length > BytesPerCharacter * Most)
                ? throw new InvalidDataException(
                    $"{Tag} is longer than the standard allows, or not text, so results cannot be filed under it; export it again")
                : [];
        }
    }
}
