using System.Net;
using System.Text;
using Radapt.Pacs;
using Radapt.Pacs.Results;
using Radapt.Pacs.Sending;

namespace Radapt.Tests.Pacs.Sending;

public class StowClientTests
{
    private const string Rejected = """{"00081198": {"vr": "SQ", "Value": [{"00081197": {"vr": "US", "Value": [272]}}]}}""";
    private const string Stored = """{"00081199": {"vr": "SQ", "Value": [{}]}}""";

    private static readonly StowTarget s_target = StowTarget.Parse("https://pacs.example/dicom-web/", "reader:s3cret:x", null, false);

    [Fact]
    public async Task Send_Instance_IsOnePartOfTheRequest()
    {
        var archive = new Archive((HttpStatusCode.OK, Stored));
        using var client = new StowClient(s_target, archive);
        StowReply reply = await client.SendAsync([1, 2, 3], TestContext.Current.CancellationToken);

        Assert.Equal(StowOutcome.Stored, reply.Outcome);
        (HttpRequestMessage request, string body) = Assert.Single(archive.Requests);
        Assert.Equal("https://pacs.example/dicom-web/studies", request.RequestUri!.ToString());
        Assert.Equal("Basic " + Convert.ToBase64String("reader:s3cret:x"u8), request.Headers.Authorization!.ToString());
        string type = request.Content!.Headers.ContentType!.ToString();
        Assert.StartsWith("multipart/related; type=\"application/dicom\"; boundary=", type, StringComparison.Ordinal);
        string boundary = type[(type.LastIndexOf('=') + 1)..];
        Assert.Equal($"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n\u0001\u0002\u0003\r\n--{boundary}--\r\n", body);
    }

    [Theory]
    [InlineData(200, Rejected, nameof(StowOutcome.Rejected), "0110")]
    [InlineData(202, Rejected, nameof(StowOutcome.Rejected), "0110")]
    [InlineData(202, "", nameof(StowOutcome.Stored), "")]
    [InlineData(200, "<xml/>", nameof(StowOutcome.Stored), "")]
    [InlineData(200, """{"00081198": {"Value": []}}""", nameof(StowOutcome.Stored), "")]
    [InlineData(200, """{"00081198": 7}""", nameof(StowOutcome.Stored), "")]
    [InlineData(409, "Doe^Jane", nameof(StowOutcome.Rejected), "not stated")]
    [InlineData(400, "Doe^Jane", nameof(StowOutcome.Rejected), "HTTP 400")]
    [InlineData(401, "", nameof(StowOutcome.Unavailable), "credentials")]
    [InlineData(403, "", nameof(StowOutcome.Unavailable), "credentials")]
    [InlineData(404, "", nameof(StowOutcome.Unavailable), "Check --stow")]
    [InlineData(302, "", nameof(StowOutcome.Unavailable), "another address")]
    [InlineData(500, "", nameof(StowOutcome.Unavailable), "HTTP 500")]
    [InlineData(503, "", nameof(StowOutcome.Unavailable), "HTTP 503")]
    public async Task Send_Answers_AreTold(int status, string text, string outcome, string reason)
    {
        using var client = new StowClient(s_target, new Archive(((HttpStatusCode)status, text)));
        StowReply reply = await client.SendAsync([1], TestContext.Current.CancellationToken);
        Assert.Equal(outcome, reply.Outcome.ToString());
        Assert.Contains(reason, reply.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Doe", reply.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NobodyThere_MayBeSentAgain()
    {
        using var client = new StowClient(StowTarget.Parse("http://127.0.0.1:9/", null, null, false)); // the port of "discard"
        StowReply reply = await client.SendAsync([1], TestContext.Current.CancellationToken);
        Assert.Equal(StowOutcome.Unavailable, reply.Outcome);
        Assert.Contains("cannot be reached", reply.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pacs.example", "address")]
    [InlineData("ftp://pacs.example", "address")]
    [InlineData("https://pacs.example/a?b=c", "address")]
    [InlineData("https://reader:s3cret@pacs.example", "must not contain a user")]
    [InlineData("http://pacs.example", "--stow-http")]
    public void Parse_AddressThatIsNotSafe_IsRefused(string url, string reason)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => StowTarget.Parse(url, null, null, false));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nocolon")]
    [InlineData("a:b\nc:d")]
    public void Parse_OtherCredentials_AreRefusedWithoutBeingShown(string credentials)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => StowTarget.Parse("https://pacs.example", credentials, null, false));
        Assert.DoesNotContain(credentials[..3], error.Message.Replace("The credentials", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_BearerHttpAndStudies_AreTaken()
    {
        StowTarget target = StowTarget.Parse("http://pacs.example/wado/studies/", "Bearer abc\n", null, allowsHttp: true);
        Assert.Equal(("http://pacs.example/wado/studies", "Bearer abc"), (target.Address.ToString(), target.Credentials!.ToString()));
        Assert.DoesNotContain("abc", target.ToString(), StringComparison.Ordinal);
        Assert.Equal("http://[::1]:8042/studies", StowTarget.Parse("http://[::1]:8042", null, null, false).Address.ToString());
    }

    [Fact]
    public void Parse_AuthorityThatIsNoCertificate_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["ca.pem"], "no certificate");
        Assert.Throws<RadaptException>(() => StowTarget.Parse("https://pacs.example", null, folder["ca.pem"], false));
        Assert.Throws<RadaptException>(() => StowTarget.Parse("https://pacs.example", null, folder["none.pem"], false));
    }

    [Fact]
    public async Task Send_Tls_TrustsTheGivenAuthorityAndNoOther()
    {
        using var folder = new TemporaryFolder();
        using var archive = new TlsArchive();
        using var other = new TlsArchive();
        File.WriteAllText(folder["ca.pem"], archive.Authority);
        File.WriteAllText(folder["other.pem"], other.Authority);
        Assert.Equal(StowOutcome.Stored, (await Send(folder["ca.pem"])).Outcome);
        foreach (string? authority in new[] { null, folder["other.pem"] })
        {
            StowReply refused = await Send(authority);
            Assert.Equal(StowOutcome.Unavailable, refused.Outcome);
            Assert.Contains("not trusted", refused.Reason, StringComparison.Ordinal);
        }

        async Task<StowReply> Send(string? authority)
        {
            using var client = new StowClient(StowTarget.Parse(archive.Address, null, authority, false));
            return await client.SendAsync([1, 2], TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Sender_ArchiveThatComesBack_GetsEveryResultOnce()
    {
        using var folder = new TemporaryFolder();
        ResultFolder results = Filled(folder, 3);
        var archive = new Archive((HttpStatusCode.ServiceUnavailable, ""), (HttpStatusCode.OK, Stored),
            (HttpStatusCode.InternalServerError, ""), (HttpStatusCode.OK, Stored), (HttpStatusCode.OK, Stored));
        using var client = new StowClient(s_target, archive);
        var problems = new List<string>();
        var sender = new ResultSender(client, results, new InstantClock()) { OnProblem = problems.Add };

        Assert.Equal(0, await sender.SendAsync(5, TestContext.Current.CancellationToken));
        Assert.Equal((3, 0), (sender.Sent, sender.Rejected));
        Assert.Equal(5, archive.Requests.Count);
        Assert.Equal(2, problems.Count);
        Assert.Equal(3, Directory.GetFiles(folder.Path, "*.dcm").Length);
        Assert.Empty(results.Unsent());
    }

    [Fact]
    public async Task Sender_RejectedInstance_StaysAndTheOthersGoOn()
    {
        using var folder = new TemporaryFolder();
        ResultFolder results = Filled(folder, 3);
        using var client = new StowClient(s_target,
            new Archive((HttpStatusCode.OK, Stored), (HttpStatusCode.Conflict, Rejected), (HttpStatusCode.OK, Stored)));
        var sender = new ResultSender(client, results, new InstantClock());
        Assert.Equal(1, await sender.SendAsync(5, TestContext.Current.CancellationToken));
        Assert.Equal((2, 1), (sender.Sent, sender.Rejected));
    }

    [Fact]
    public async Task Sender_ArchiveThatStaysAway_IsGivenUpAndNothingIsLost()
    {
        using var folder = new TemporaryFolder();
        ResultFolder results = Filled(folder, 2);
        var archive = new Archive([.. Enumerable.Repeat((HttpStatusCode.BadGateway, ""), 3)]);
        using var client = new StowClient(s_target, archive);
        var problems = new List<string>();
        var sender = new ResultSender(client, results, new InstantClock()) { OnProblem = problems.Add };
        Assert.Equal(2, await sender.SendAsync(3, TestContext.Current.CancellationToken));
        Assert.Equal(3, archive.Requests.Count);
        Assert.Single(problems); // the same problem is told once
    }

    [Theory]
    [InlineData(1, null, 1)]
    [InlineData(4, null, 8)]
    [InlineData(4, 20, 20)]
    [InlineData(4, 2, 8)]
    [InlineData(400, null, 300)]
    [InlineData(1, 100_000, 300)]
    public void Wait_GrowsAndHeedsTheArchive(int failed, int? asked, double seconds) => Assert.Equal(seconds, ResultSender.Wait(failed,
        new StowReply(StowOutcome.Unavailable, "", asked is { } s ? TimeSpan.FromSeconds(s) : null)).TotalSeconds);

    private static ResultFolder Filled(TemporaryFolder folder, int count)
    {
        var results = new ResultFolder(folder.Path, sends: true);
        results.Create();
        for (int i = 0; i < count; i++)
        {
            DicomResult result = new($"2.25.{i + 1}", StructuredReport.SopClass, [(byte)i]);
            Assert.True(results.Add(result));
            Assert.False(results.Add(result));
        }

        return results;
    }

    private sealed class Archive(params (HttpStatusCode Status, string Text)[] answers) : HttpMessageHandler
    {
        public List<(HttpRequestMessage Request, string Body)> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (HttpStatusCode status, string text) = answers[Requests.Count];
            Requests.Add((request, Encoding.Latin1.GetString(await request.Content!.ReadAsByteArrayAsync(cancellationToken))));
            return new HttpResponseMessage(status) { Content = new StringContent(text) };
        }
    }

    // Timers are due at once.
    private sealed class InstantClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
