using System.Security.Cryptography;
using System.Text;

namespace Radapt.Server;

/// <summary>What a key allows.</summary>
internal enum KeyRole
{
    /// <summary>Predictions.</summary>
    Predict,

    /// <summary>Predictions, and adding and removing adapters.</summary>
    Manage,
}

/// <summary>
/// The keys of a service: a text file with a line <c>ROLE SHA256 NAME</c> for each. A key is 32 random bytes, so its plain hash cannot be
/// turned back; the key itself is shown once and kept nowhere.
/// </summary>
internal sealed class ApiKeys
{
    private readonly IReadOnlyList<(KeyRole Role, byte[] Hash, string Name)> _keys;

    private ApiKeys(IReadOnlyList<(KeyRole, byte[], string)> keys) => _keys = keys;

    /// <summary>Reads a file of keys.</summary>
    /// <exception cref="RadaptException">It cannot be read, has no keys, or a line is damaged (the message has its number).</exception>
    public static ApiKeys Read(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException(
                $"{file}: the file of API keys cannot be read. Create one with radapt serve --create-key predict --keys {file}.", e);
        }

        var keys = new List<(KeyRole, byte[], string)>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() is { Length: > 0 } line && line[0] != '#')
            {
                keys.Add(Parse(line) ?? throw new RadaptException(
                    $"{file}, line {i + 1}: is not 'predict' or 'manage', a SHA-256 in 64 hexadecimal digits, and a name."));
            }
        }

        return keys.Count > 0 ? new ApiKeys(keys) : throw new RadaptException($"{file}: has no API keys; create one with --create-key.");
    }

    /// <summary>Makes a key, and adds its hash to a file that only its owner can read.</summary>
    /// <returns>The key.</returns>
    public static string Create(string file, KeyRole role, string name)
    {
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var created = new FileStream(file, options);
        }

        File.AppendAllText(file, $"{(role == KeyRole.Manage ? "manage" : "predict")} {Convert.ToHexStringLower(Hash(key))} {name}\n");
        return key;
    }

    /// <summary>The role and name of a key; null: it is not one of these. Takes as long for every key.</summary>
    public (KeyRole Role, string Name)? Find(string key)
    {
        byte[] hash = Hash(key);
        (KeyRole, string)? found = null;
        foreach ((KeyRole role, byte[] known, string name) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known))
            {
                found = (role, name);
            }
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static (KeyRole, byte[], string)? Parse(string line) =>
        line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is [var role, { Length: 64 } hash, var name]
        && role is ("predict" or "manage") && hash.All(char.IsAsciiHexDigit)
            ? (role == "manage" ? KeyRole.Manage : KeyRole.Predict, Convert.FromHexString(hash), name)
            : null;
}
