using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Radapt.Pacs.Sending;

/// <summary>Where results are sent, and as whom.</summary>
/// <param name="Address">Where instances are posted: the DICOMweb service and <c>/studies</c>.</param>
internal sealed record StowTarget(Uri Address)
{
    /// <summary>The variable that has the credentials where no file has them.</summary>
    public const string CredentialsVariable = "RADAPT_STOW_CREDENTIALS";

    private const string Bearer = "Bearer ";
    private const long LongestFile = 1 << 20;

    /// <summary>As whom; null: nobody asks.</summary>
    public AuthenticationHeaderValue? Credentials { get; init; }

    /// <summary>Certificates of authorities that are trusted instead of the system's; null: the system's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Reads what the user gave.</summary>
    /// <param name="url">The DICOMweb service, such as <c>https://pacs/dicom-web</c>.</param>
    /// <param name="credentials">The content of a file or variable: <c>user:password</c> or <c>Bearer TOKEN</c>; null or empty:
    /// none.</param>
    /// <param name="authorities">A PEM file of certificates; null: the system's.</param>
    /// <param name="allowsHttp">Patients' data may be sent to another machine without encryption.</param>
    /// <exception cref="RadaptException">One of them is not what it should be.</exception>
    public static StowTarget Parse(string url, string? credentials, string? authorities, bool allowsHttp)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? service) || service.Scheme is not ("http" or "https")
            || service.Query.Length > 0)
        {
            throw new RadaptException("--stow: give the address of a DICOMweb service, such as https://pacs.example/dicom-web.");
        }

        if (service.UserInfo.Length > 0)
        {
            throw new RadaptException("--stow: the address must not contain a user or a password, which other users of this machine can "
                + $"see. Write user:password into a file (--stow-credentials FILE) or into the variable {CredentialsVariable}.");
        }

        if (service.Scheme == "http" && !service.IsLoopback && !allowsHttp)
        {
            throw new RadaptException("--stow: http:// sends patients' data without encryption. Give an https:// address, or --stow-http "
                + "if the network is protected in another way.");
        }

        string address = service.AbsoluteUri.TrimEnd('/');
        return new StowTarget(new Uri(address.EndsWith("/studies", StringComparison.Ordinal) ? address : $"{address}/studies"))
        {
            Credentials = ParseCredentials(credentials?.Trim() ?? ""),
            Authorities = authorities is null ? null : ReadAuthorities(authorities),
        };
    }

    /// <summary>Reads a file of credentials.</summary>
    /// <exception cref="RadaptException">It cannot be read, or is no such file.</exception>
    public static string ReadCredentials(string path)
    {
        try
        {
            return RegularFile.Length(path) <= LongestFile ? Encoding.UTF8.GetString(RegularFile.ReadAllBytes(path))
                : throw new RadaptException($"{path}: is too large for a file of credentials.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path, $"the credentials cannot be read ({e.Message}). Give a file with user:password.", e);
        }
    }

    /// <summary>The address alone: credentials are not shown.</summary>
    public override string ToString() => Address.ToString();

    private static AuthenticationHeaderValue? ParseCredentials(string text) =>
        text.Length == 0 ? null
        : text.Any(char.IsControl) ? throw new RadaptException("The credentials of the archive have more than one line.")
        : text.StartsWith(Bearer, StringComparison.Ordinal) ? new AuthenticationHeaderValue("Bearer", text[Bearer.Length..].Trim())
        : text.Contains(':', StringComparison.Ordinal)
        ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)))
        : throw new RadaptException("The credentials of the archive must be user:password or Bearer TOKEN.");

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.ASCII.GetString(RegularFile.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw RadaptException.In(path, $"the certificates cannot be read ({e.Message}). Give a file in PEM format.", e);
        }

        return certificates.Count > 0 ? certificates
            : throw RadaptException.In(path, "has no certificate. Give a file in PEM format (-----BEGIN CERTIFICATE-----).");
    }
}
