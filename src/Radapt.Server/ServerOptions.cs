using System.Net;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Server;

/// <summary>What a service serves, to whom, and within which limits.</summary>
internal sealed record ServerOptions
{
    /// <summary>Names, with a run folder or adapter file, or the folds of a cross-validation.</summary>
    public required IReadOnlyList<(string Name, string Run)> Models { get; init; }

    /// <summary>Where the base weights are now; null: where they were in training.</summary>
    public string? Weights { get; init; }

    /// <summary>Where it listens.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0: any that is free.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Names under which it is reached, besides its address and localhost; a request with another Host is refused.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>File of API keys; null: no key is needed.</summary>
    public string? Keys { get; init; }

    /// <summary>Certificate for TLS: .pfx, or .pem with its key; null: no TLS.</summary>
    public string? Certificate { get; init; }

    /// <summary>Listens beyond this machine without keys or without TLS.</summary>
    public bool TakesTheRisk { get; init; }

    /// <summary>Largest image, bytes.</summary>
    public long ImageBytes { get; init; } = 64L << 20;

    /// <summary>Most images of a request.</summary>
    public int ImagesOfARequest { get; init; } = 32;

    /// <summary>Largest adapter file, bytes.</summary>
    public long AdapterBytes { get; init; } = 256L << 20;

    /// <summary>Requests that are worked on at once; as many again wait, and others are refused with 429.</summary>
    public int ConcurrentRequests { get; init; } = 32;

    /// <summary>Requests of one client (key, else address) in a minute.</summary>
    public int RequestsAMinute { get; init; } = 1200;

    /// <summary>Time for a request.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time in which the headers of a request, or the first bytes of its body, must be there.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the first image of a batch waits for others; 0: what comes while another batch is computed is put together.
    /// </summary>
    public TimeSpan BatchWindow { get; init; }

    /// <summary>Most images of a forward pass.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Where JPEG-LS and JPEG 2000 are decoded; null: in processes of its own.</summary>
    public CodecProcess? Codecs { get; init; }

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Makes sure that nothing is open by accident.</summary>
    /// <exception cref="RadaptException">It listens beyond this machine without keys or TLS, and this is not said to be meant.</exception>
    public void RequireSafe()
    {
        if (!IsLoopback && !TakesTheRisk && (Keys is null || Certificate is null))
        {
            throw new RadaptException(
                $"--address {Address}: other machines can reach it, so it needs API keys (--keys FILE) and TLS (--certificate FILE). "
                    + "Behind a proxy that has both, listen on 127.0.0.1; --i-know-what-i-do serves without.");
        }
    }
}
