using Radapt.Pacs;
using Radapt.Pacs.Results;

namespace Radapt.Tests.Pacs;

public sealed class ResultFolderTests : IDisposable
{
    private static readonly DicomResult s_result = new("2.25.1", StructuredReport.SopClass, [1, 2]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Add_ResultThatIsThere_IsNotWrittenAgain()
    {
        ResultFolder plain = Create(sends: false), sending = Create(sends: true);
        Assert.True(sending.Add(s_result));
        Assert.False(plain.Add(s_result)); // it waits to be sent
        sending.MarkSent(Assert.Single(sending.Unsent()));
        Assert.False(sending.Add(s_result));
        Assert.Empty(sending.Unsent());
        Assert.Equal(s_result.File, File.ReadAllBytes(_folder["2.25.1.dcm"]));
    }

    [Fact]
    public void Create_WhatAKilledProcessLeft_IsRemovedOnceItIsOld()
    {
        string old = _folder["2.25.1.dcm.radapt-77-8dcf00-1.tmp"], young = _folder["2.25.2.dcm.radapt-78-8dcf00-1.tmp"];
        string other = _folder["notes.dcm.tmp"];
        foreach (string file in new[] { old, young, other })
        {
            File.WriteAllBytes(file, [1]);
        }

        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddHours(-2));
        Create(sends: true);
        Assert.Equal((false, true, true), (File.Exists(old), File.Exists(young), File.Exists(other)));
    }

    [Fact]
    public void Create_NameOfAFile_IsRefused()
    {
        File.WriteAllText(_folder["file"], "");
        RadaptException error = Assert.Throws<RadaptException>(new ResultFolder(_folder["file"], sends: false).Create);
        Assert.Contains("--out", error.Message, StringComparison.Ordinal);
    }

    private ResultFolder Create(bool sends)
    {
        var folder = new ResultFolder(_folder.Path, sends);
        folder.Create();
        return folder;
    }
}
