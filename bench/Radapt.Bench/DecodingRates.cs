using System.Diagnostics;
using System.Text.Json.Nodes;
using JpegLibrary;
using NetVips;
using Radapt.Benchmarks;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.TestData.Dicom;

namespace Radapt.Bench;

/// <summary>
/// How fast one thread decodes 1024 px images of every format, from bytes in memory to 8-bit gray, and what JpegLibrary, the package
/// that might have done the JPEG kinds, takes for the bare decoding. All take turns, so that other work on the machine meets each alike.
/// </summary>
internal sealed class DecodingRates(CodecProcess codecs, Action<string> log)
{
    private const int Side = 1024;
    private const int Turns = 5;
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(400);

    /// <summary>Measures.</summary>
    public JsonObject Run()
    {
        (string Name, int Bytes, Action Decode)[] contestants = [.. Contestants()];
        var seconds = contestants.ToDictionary(c => c.Name, _ => new List<double>());
        for (int turn = -1; turn < Turns; turn++)
        {
            foreach ((string name, _, Action decode) in contestants)
            {
                long start = Stopwatch.GetTimestamp();
                int done = 0;
                do
                {
                    decode();
                    done++;
                }
                while (Stopwatch.GetElapsedTime(start) < s_turn);
                if (turn >= 0)
                {
                    seconds[name].Add(Stopwatch.GetElapsedTime(start).TotalSeconds / done); // the first turn warms up
                }
            }
        }

        var result = new JsonObject();
        foreach ((string name, int bytes, _) in contestants)
        {
            double median = Median.Compute(seconds[name]);
            log($"{name,-34} {bytes / 1024,5} KiB {1000 * median,7:0.00} ms {1 / median,7:0} images/s "
                + $"{Side * Side / median / 1e6,7:0} Mpx/s");
            result[name] = new JsonObject { ["bytes"] = bytes, ["ms"] = 1000 * median, ["images_per_second"] = 1 / median };
        }

        return result;
    }

    private IEnumerable<(string Name, int Bytes, Action Decode)> Contestants()
    {
        DicomPhantom eight = DicomPhantom.Draw(Side, Side, 8, seed: 1) with { Window = (128, 256) };
        DicomPhantom twelve = DicomPhantom.Draw(Side, Side, 12, seed: 1) with { Window = (2048, 4096) };
        byte[] gray = [.. eight.Samples.Select(s => (byte)s)];
        using Image image = Image.NewFromMemory(gray, Side, Side, 1, Enums.BandFormat.Uchar);
        yield return Own("png", image.PngsaveBuffer());
        yield return Own("jpeg", image.JpegsaveBuffer(q: 90));
        foreach (string syntax in DicomPhantom.Syntaxes.Keys)
        {
            byte[] file = (syntax == "jpeg-baseline" ? eight : twelve).ToFile(syntax);
            yield return Own($"dicom {syntax}", file);
            if (syntax is "jpeg-baseline" or "jpeg-extended" or "jpeg-lossless-sv1")
            {
                yield return ($"JpegLibrary {syntax}", file.Length, () => JpegLibraryDecode(file));
            }
        }
    }

    private (string Name, int Bytes, Action Decode) Own(string name, byte[] file) =>
        (name, file.Length, () => RadiographReader.Read(file, name, new DecodingOptions(Codecs: codecs)));

    private static void JpegLibraryDecode(byte[] file)
    {
        int start = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);
        var decoder = new JpegLibrary.JpegDecoder();
        decoder.SetInput(file.AsMemory(start));
        decoder.Identify();
        decoder.SetOutputWriter(new Samples(Side, Side));
        decoder.Decode();
    }

    private sealed class Samples(int width, int height) : JpegBlockOutputWriter
    {
        private readonly short[] _values = new short[width * height];

        public override void WriteBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            ReadOnlySpan<short> block = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref blockRef, 64);
            for (int row = 0; row < 8 && y + row < height; row++)
            {
                block.Slice(8 * row, Math.Min(8, width - x)).CopyTo(_values.AsSpan(((y + row) * width) + x));
            }
        }
    }
}
