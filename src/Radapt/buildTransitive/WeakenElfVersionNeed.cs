// Compiled by MSBuild (RoslynCodeTaskFactory) and by the tests; see Radapt.targets. Kept to the language version MSBuild accepts.
#nullable disable
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
#if !RADAPT_TESTS
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF library and marks one required symbol version of the copy as weak, so that a C++ runtime without it loads the library.
/// </summary>
public class WeakenElfVersionNeed : Task
{
    [Required]
    public ITaskItem Library { get; set; }

    [Required]
    public string Copy { get; set; }

    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        if (ElfVersionNeeds.CopyWeakened(Library.ItemSpec, Copy, Version))
        {
            Log.LogMessage(MessageImportance.Normal, "Radapt: " + Version + " is optional for " + Copy);
        }

        return true;
    }
}
#endif

/// <summary>
/// The table <c>.gnu.version_r</c> of a 64-bit little-endian ELF file (System V ABI, Linux Standard Base 5, chapter 10.7).
/// </summary>
public static class ElfVersionNeeds
{
    private const int SectionTypeVersionNeed = 0x6ffffffe; // SHT_GNU_verneed
    private const int WeakFlag = 2;                        // VER_FLG_WEAK

    /// <summary>
    /// Writes a copy of a file in which <paramref name="version"/> is weak. Returns false where the copy equals the file: it is not such an
    /// ELF file, does not ask for the version, or asks for it weakly.
    /// </summary>
    public static bool CopyWeakened(string path, string copy, string version)
    {
        byte[] elf = File.ReadAllBytes(path);
        bool changed = false;
        foreach (int place in FlagOffsets(elf, version))
        {
            changed |= (elf[place] & WeakFlag) == 0;
            elf[place] |= WeakFlag;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(copy));
        string temporary = copy + "." + Guid.NewGuid().ToString("N") + ".tmp";
        File.WriteAllBytes(temporary, elf);
        if (File.Exists(copy))
        {
            File.Delete(copy);
        }

        File.Move(temporary, copy);
        return changed;
    }

    /// <summary>Byte offsets of <c>vna_flags</c> of every requirement named <paramref name="version"/>.</summary>
    public static List<int> FlagOffsets(byte[] elf, string version)
    {
        var found = new List<int>();
        bool isElf64 = elf.Length > 64 && elf[0] == 0x7f && elf[1] == 'E' && elf[2] == 'L' && elf[3] == 'F' && elf[4] == 2 && elf[5] == 1;
        if (!isElf64)
        {
            return found;
        }

        long sectionTable = BitConverter.ToInt64(elf, 0x28);
        int entrySize = BitConverter.ToUInt16(elf, 0x3a);
        int sections = BitConverter.ToUInt16(elf, 0x3c);
        for (int i = 0; i < sections; i++)
        {
            int header = (int)(sectionTable + (long)i * entrySize);
            if (BitConverter.ToInt32(elf, header + 4) != SectionTypeVersionNeed)
            {
                continue;
            }

            int need = (int)BitConverter.ToInt64(elf, header + 0x18);
            int stringsHeader = (int)(sectionTable + (long)BitConverter.ToInt32(elf, header + 0x28) * entrySize);
            int strings = (int)BitConverter.ToInt64(elf, stringsHeader + 0x18);
            while (true)
            {
                int auxiliaries = BitConverter.ToUInt16(elf, need + 2);
                int auxiliary = need + BitConverter.ToInt32(elf, need + 8);
                for (int k = 0; k < auxiliaries; k++)
                {
                    if (StringAt(elf, strings + BitConverter.ToInt32(elf, auxiliary + 8)) == version)
                    {
                        found.Add(auxiliary + 4);
                    }

                    auxiliary += BitConverter.ToInt32(elf, auxiliary + 12);
                }

                int next = BitConverter.ToInt32(elf, need + 12);
                if (next == 0)
                {
                    break;
                }

                need += next;
            }
        }

        return found;
    }

    private static string StringAt(byte[] elf, int start)
    {
        int end = Array.IndexOf(elf, (byte)0, start);
        return Encoding.ASCII.GetString(elf, start, end - start);
    }
}
