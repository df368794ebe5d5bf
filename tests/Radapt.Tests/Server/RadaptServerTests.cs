using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Server;
using Radapt.TestData.Dicom;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Server;

/// <summary>The service as clients meet it.</summary>
public sealed class RadaptServerTests : IClassFixture<SavedAdapters>
{
    private static readonly LogitScaling s_scaling = new(LogitScalingKind.Platt, 2, 0.5);

    private readonly SavedAdapters _saved;
    private readonly string _first;
    private readonly string _second;

    public RadaptServerTests(SavedAdapters saved)
    {
        _saved = saved;
        (_first, _second) = (saved.Save(0, new LoraOptions { Rank = 2 }), saved.Save(1, new LoraOptions { Rank = 3 }));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ServerOptions Options => new() { Models = [("first", _first), ("second", _second)], Patience = TimeSpan.FromSeconds(2) };

    [Fact]
    public async Task Predict_BodyAndForm_AnswerAsThePredictorDoes()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        using var alone = Predictor.Open(_second);
        double[][] expected = [.. alone.Predict(_saved.Images, cancellation: Cancellation)
            .Select(p => p.Logits!.Select(Scoring.Probability).ToArray())];

        (int status, JsonNode? one) = await server.Send(
            HttpMethod.Post, "/v1/predict?adapter=second",
            new ByteArrayContent(await File.ReadAllBytesAsync(_saved.Images[2], Cancellation)));
        (int ofForm, JsonNode? many) = await server.Send(HttpMethod.Post, "/v1/predict", RunningServer.Form(_saved.Images));

        Assert.Equal((200, 200), (status, ofForm));
        JsonNode image = Assert.Single(one!["images"]!.AsArray())!;
        Assert.Equal("image 1", (string)image["name"]!); // file names may be those of patients
        Assert.Equal("scored", (string)image["status"]!);
        Assert.Equal("png", (string)image["guards"]!["kind"]!);
        Assert.Equal(expected[2], Probabilities(image["results"]![0]!));
        Assert.Equal(_saved.Images.Count, many!["images"]!.AsArray().Count);
        for (int i = 0; i < expected.Length; i++)
        {
            JsonArray results = many["images"]![i]!["results"]!.AsArray();
            Assert.Equal(["first", "second"], results.Select(r => (string)r!["adapter"]!));
            Assert.Equal(expected[i], Probabilities(results[1]!));
        }
    }

    [Fact]
    public async Task Predict_RunWithDecisions_GivesCalibratedProbabilitiesThresholdsAndConformalAnswers()
    {
        string run = _saved["decided"];
        Directory.CreateDirectory(run);
        string adapter = Path.Combine(run, "adapter.safetensors");
        File.Copy(_first, adapter, overwrite: true);
        new DecisionRules
        {
            FittedOn = DecisionRules.ValidationImages,
            Images = 40,
            Sensitivity = 0.9,
            Specificity = 0.9,
            Adapters = [DecisionRules.AdapterHash(adapter)],
            Findings =
            [
                new FindingRules("finding 0", 20, 20, s_scaling,
                    new Dictionary<ThresholdRule, double> { [ThresholdRule.Youden] = -100 }, new ConformalSets(0.1, 1000, -1000)),
            ],
        }.Write(Path.Combine(run, DecisionRules.FileName));
        await using RunningServer server = await RunningServer.Start(Options with { Models = [("decided", run)] });
        using var alone = Predictor.Open(_first);
        float logit = alone.Predict([_saved.Images[0]], cancellation: Cancellation).Single().Logits![0];

        (_, JsonNode? answer) = await server.Send(HttpMethod.Post, "/v1/predict", RunningServer.Form([_saved.Images[0]]));
        (_, JsonNode? list) = await server.Send(HttpMethod.Get, "/v1/adapters");

        JsonNode finding = answer!["images"]![0]!["results"]![0]!["findings"]![0]!;
        Assert.Equal(s_scaling.Apply(logit), Math.Log((double)finding["probability"]! / (1 - (double)finding["probability"]!)), 6);
        Assert.True((bool)finding["isCalibrated"]!);
        Assert.Equal("present", (string)finding["decision"]!);
        Assert.Equal("uncertain", (string)finding["conformal"]!);
        Assert.Null(finding["low"]);
        Assert.True((bool)list![0]!["hasConformal"]!);
        Assert.Equal("youden", (string)list[0]!["findings"]![0]!["thresholdRule"]!);
        JsonNode card = Assert.Single(list[0]!["card"]!.AsArray(), r => (string)r!["label"]! == "Model card")!;
        Assert.StartsWith("none: ", (string)card["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_ImagesThatMustNotBeScored_SayWhy()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        byte[] ct = (DicomPhantom.Draw(40, 40, 12, 1) with { Modality = "CT", PatientId = "GEHEIM" }).ToFile("explicit");

        (_, JsonNode? refused) = await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent(ct));
        (_, JsonNode? anyway) = await server.Send(HttpMethod.Post, "/v1/predict?all=true", new ByteArrayContent(ct));
        (_, JsonNode? unreadable) = await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent("no image"u8.ToArray()));

        JsonNode image = refused!["images"]![0]!;
        Assert.Equal(("refused", "not a radiograph: CT", "CT"),
            ((string)image["status"]!, (string)image["reason"]!, (string)image["guards"]!["modality"]!));
        Assert.Equal("scored", (string)anyway!["images"]![0]!["status"]!);
        Assert.Equal("unreadable", (string)unreadable!["images"]![0]!["status"]!);
        Assert.DoesNotContain("GEHEIM", refused.ToJsonString() + anyway.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lateral", "refused", "not frontal")]
    [InlineData("blank", "refused", "blank")]
    [InlineData("enormous", "unreadable", "60000")]
    [InlineData("truncated", "unreadable", "")]
    public async Task Predict_PictureThatShowsNoChestOrTooMuch_IsNotScored(string kind, string status, string reason)
    {
        await using RunningServer server = await RunningServer.Start(Options);
        using var blank = NetVips.Image.Black(40, 40);
        byte[] content = kind switch
        {
            "lateral" => (DicomPhantom.Draw(40, 40, 12, 1) with { View = "LL" }).ToFile("explicit"),
            "blank" => blank.PngsaveBuffer(),
            "enormous" => PngHeader(60000, 60000),
            _ => (await File.ReadAllBytesAsync(_saved.Images[0], Cancellation))[..200],
        };
        (int answered, JsonNode? answer) = await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent(content));
        JsonNode image = answer!["images"]![0]!;
        Assert.Equal((200, status), (answered, (string)image["status"]!));
        Assert.Contains(reason, (string)image["reason"]!, StringComparison.OrdinalIgnoreCase);
    }

    // The signature and the first chunk of a PNG file.
    private static byte[] PngHeader(int width, int height)
    {
        var header = new byte[33];
        (header[0], header[11], header[24], header[25]) = (0x89, 13, 8, 0);
        "PNG\r\n\x1a\n"u8.CopyTo(header.AsSpan(1));
        "IHDR"u8.CopyTo(header.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(29), Crc32.HashToUInt32(header.AsSpan(12, 17)));
        return header;
    }

    [Fact]
    public async Task Requests_ThatAreWrong_GetProblemDetails()
    {
        await using RunningServer server = await RunningServer.Start(Options with { ImageBytes = 5000, ImagesOfARequest = 2 });
        await Expect(404, "There is no model 'other'", HttpMethod.Post, "/v1/predict?adapter=other", Small());
        await Expect(413, "images of up to 5,000 bytes are read", HttpMethod.Post, "/v1/predict", new ByteArrayContent(new byte[5001]));
        await Expect(413, "at most 2 images", HttpMethod.Post, "/v1/predict", RunningServer.Form(_saved.Images.Take(3)));
        var damaged = new ByteArrayContent("--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nabc"u8.ToArray());
        damaged.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        await Expect(400, "damaged or ends too early", HttpMethod.Post, "/v1/predict", damaged);
        using var otherName = new MultipartFormDataContent { { Small(), "picture" } };
        await Expect(400, "must have the name 'image'", HttpMethod.Post, "/v1/predict", otherName);
        await Expect(400, "maxSide is between", HttpMethod.Post, "/v1/pixels?maxSide=1", Small());
        await Expect(422, "neither PNG, JPEG nor DICOM", HttpMethod.Post, "/v1/pixels", Small());
        await Expect(400, "method is gradient, with one of this model's findings (finding 0)", HttpMethod.Post,
            "/v1/heatmap?adapter=first&finding=nothing", Small());
        await Expect(404, "There is no model", HttpMethod.Delete, "/v1/adapters/none", null);
        Assert.Equal(404, (int)(await server.Ask(HttpMethod.Get, "/wwwroot/..%2f..%2fetc/passwd")).StatusCode);

        static ByteArrayContent Small() => new("no image"u8.ToArray());

        async Task Expect(int status, string detail, HttpMethod method, string path, HttpContent? content)
        {
            using HttpResponseMessage response = await server.Ask(method, path, content);
            JsonNode problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
            Assert.Equal((status, status, "application/problem+json"),
                ((int)response.StatusCode, (int)problem["status"]!, response.Content.Headers.ContentType!.MediaType));
            Assert.Contains(detail, (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    // The file names a path of base weights: whoever sends it must not make the service open that.
    [Fact]
    public async Task Put_AdaptersThatDoNotFit_AreRefusedAndOpenNothing()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        foreach ((byte[] content, string name, int status, string detail) in new[]
        {
            (await File.ReadAllBytesAsync(_saved.Save(6, new LoraOptions(), seed: 9), Cancellation), "a", 422, "base weights"),
            (await File.ReadAllBytesAsync(_saved.Save(7, new PlainMethod("full")), Cancellation), "a", 422, "changes the base weights"),
            ("no adapter"u8.ToArray(), "a", 422, "the adapter"),
            (await File.ReadAllBytesAsync(_second, Cancellation), ".hidden", 400, "name"),
            (await File.ReadAllBytesAsync(_second, Cancellation), "a%2fb", 400, "name"),
        })
        {
            (int answered, JsonNode? problem) = await server.Send(HttpMethod.Put, $"/v1/adapters/{name}", new ByteArrayContent(content));
            Assert.Equal(status, answered);
            Assert.Contains(detail, (string)problem!["detail"]!, StringComparison.Ordinal);
            Assert.DoesNotContain(Path.GetTempPath(), problem.ToJsonString(), StringComparison.Ordinal);
        }

        (_, JsonNode? list) = await server.Send(HttpMethod.Get, "/v1/adapters");
        Assert.Equal(["first", "second"], list!.AsArray().Select(a => (string)a!["name"]!));
    }

    [Fact]
    public async Task PixelsAndHeatMap_OfADicomFile_AreThere()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        DicomPhantom phantom = DicomPhantom.Draw(60, 40, 12, 1) with { Window = (2048, 1000) };
        using HttpResponseMessage plain = await server.Ask(HttpMethod.Post, "/v1/pixels", new ByteArrayContent(phantom.ToFile("explicit")));
        using HttpResponseMessage inverted = await server.Ask(
            HttpMethod.Post, "/v1/pixels", new ByteArrayContent((phantom with { IsInverted = true }).ToFile("explicit")));
        using HttpResponseMessage small = await server.Ask(
            HttpMethod.Post, "/v1/pixels?maxSide=30", new ByteArrayContent(phantom.ToFile("explicit")));
        byte[] values = await plain.Content.ReadAsByteArrayAsync(Cancellation);
        ushort[] shown = [.. values.Chunk(2).Select(v => BitConverter.ToUInt16(v))];
        Assert.Equal(phantom.Samples, shown);
        Assert.Equal(["40", "60", "4095", "dicom"], new[] { "Width", "Height", "Maximum", "Kind" }.Select(n => Header(plain, n)));
        Assert.InRange(int.Parse(Header(plain, "Window-Low")), 1400, 1560);
        Assert.InRange(int.Parse(Header(plain, "Window-High")), 2530, 2700);
        Assert.Equal(values, await inverted.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(["20", "30", "40", "60"],
            new[] { "Width", "Height", "Original-Width", "Original-Height" }.Select(n => Header(small, n)));

        foreach (string query in new[] { "method=gradient&finding=finding%200", "method=rollout" })
        {
            using HttpResponseMessage map = await server.Ask(
                HttpMethod.Post, $"/v1/heatmap?adapter=first&{query}", new ByteArrayContent(phantom.ToFile("explicit")));
            Assert.Equal("image/png", map.Content.Headers.ContentType!.MediaType);
            using var picture = NetVips.Image.NewFromBuffer(await map.Content.ReadAsByteArrayAsync(Cancellation));
            Assert.Equal((16, 16), (picture.Width, picture.Height));
            Assert.InRange(picture.Max(), 128, 255); // no pixel is in the very middle of a patch
            Assert.True(picture.Min() < picture.Max());
            Assert.Equal("0,0.166667,1,0.666667", Header(map, "Box"));
        }

        static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues("X-Radapt-" + name).Single();
    }

    [Fact]
    public async Task MetricsAndOpenApi_AfterRequests_TellOfThem()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        await server.Send(HttpMethod.Post, "/v1/predict", RunningServer.Form(_saved.Images.Take(2)));
        await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent("x"u8.ToArray()));
        using HttpResponseMessage metrics = await server.Ask(HttpMethod.Get, "/metrics");
        string text = await metrics.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("radapt_images_total{status=\"scored\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("radapt_images_total{status=\"unreadable\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("radapt_requests_total{route=\"/v1/predict\",status=\"200\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("radapt_request_seconds_count 2\n", text, StringComparison.Ordinal);
        Assert.Contains("radapt_adapters 2\n", text, StringComparison.Ordinal);
        Assert.Equal("ready", (string)(await server.Send(HttpMethod.Get, "/ready")).Json!["status"]!);
        (_, JsonNode? document) = await server.Send(HttpMethod.Get, "/openapi/v1.json");
        Assert.Superset(
            new HashSet<string>
            {
                "/health", "/ready", "/metrics", "/v1/adapters", "/v1/predict", "/v1/pixels", "/v1/heatmap", "/v1/adapters/{name}",
            },
            document!["paths"]!.AsObject().Select(p => p.Key).ToHashSet());
    }

    // 8 clients, 1 % malformed requests, an adapter swapped meanwhile: every request is answered correctly or refused clearly.
    [Fact]
    public async Task Load_WithMalformedRequestsAndSwaps_LosesAndMixesUpNothing()
    {
        const int Clients = 8, Requests = 100;
        await using RunningServer server = await RunningServer.Start(Options with { RequestsAMinute = 1_000_000 });
        byte[][] adapters = [await File.ReadAllBytesAsync(_first, Cancellation), await File.ReadAllBytesAsync(_second, Cancellation)];
        Assert.Equal(201, (await server.Send(HttpMethod.Put, "/v1/adapters/swapped", new ByteArrayContent(adapters[0]))).Status);
        byte[] image = await File.ReadAllBytesAsync(_saved.Images[0], Cancellation);
        var expected = new Dictionary<int, double[]>();
        foreach (string adapter in new[] { _first, _second })
        {
            using var alone = Predictor.Open(adapter);
            double[] probabilities =
                [.. alone.Predict([_saved.Images[0]], cancellation: Cancellation).Single().Logits!.Select(Scoring.Probability)];
            expected[probabilities.Length] = probabilities;
        }

        var answers = new ConcurrentDictionary<string, int>();
        using var done = new CancellationTokenSource();
        Task swaps = Task.Run(async () =>
        {
            for (int i = 1; !done.IsCancellationRequested; i++)
            {
                var other = new ByteArrayContent(adapters[i % 2]);
                Assert.Equal(200, (await server.Send(HttpMethod.Put, "/v1/adapters/swapped", other)).Status);
            }
        }, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Requests; i++)
            {
                bool isMalformed = i % 100 == 50;
                (int status, JsonNode? answer) = await server.Send(HttpMethod.Post, "/v1/predict?adapter=swapped",
                    new ByteArrayContent(isMalformed ? image[..50] : image));
                Assert.Equal(200, status);
                JsonNode result = answer!["images"]![0]!["results"]![0]!;
                if (isMalformed)
                {
                    Assert.Equal("unreadable", (string)result["status"]!);
                }
                else
                {
                    double[] probabilities = Probabilities(result);
                    Assert.Equal(expected[probabilities.Length], probabilities);
                }

                answers.AddOrUpdate(isMalformed ? "refused" : "answered", 1, (_, n) => n + 1);
            }
        }, Cancellation)));
        await done.CancelAsync();
        await swaps;

        Assert.Equal((Clients, Clients * (Requests - 1)), (answers["refused"], answers["answered"]));
    }

    private static double[] Probabilities(JsonNode result) => [.. result["findings"]!.AsArray().Select(f => (double)f!["probability"]!)];
}
