using Radapt.Studies.Launching;
using YamlDotNet.RepresentationModel;

namespace Radapt.Tests.Studies.Launching;

public class KubernetesJobTests
{
    [Fact]
    public void Write_AnyStudy_IsAnIndexedJobWithItsCells()
    {
        var job = new KubernetesJob
        {
            Name = "My_Study: 2",
            Study = "title: \"It's\"\n\noptions:\n  data: x # comment\n",
            Cells = ["lora-1-seed0", "full-1-seed0", "full-1-seed1"],
            Image = "registry/radapt:1",
            Threads = 4,
            AtATime = 2,
            Arguments = ["--threads", "4"],
        };
        var yaml = new YamlStream();
        yaml.Load(new StringReader(job.Write()));
        Assert.Equal(2, yaml.Documents.Count);
        YamlNode map = yaml.Documents[0].RootNode, made = yaml.Documents[1].RootNode;
        Assert.Equal(job.Study, Text(map["data"]["study.yaml"]));
        Assert.Equal("lora-1-seed0\nfull-1-seed0\nfull-1-seed1\n", Text(map["data"]["cells.txt"]));
        Assert.Equal("radapt-my-study--2", Text(made["metadata"]["name"]));
        string[] keys = ["completionMode", "completions", "parallelism"];
        Assert.Equal(["Indexed", "3", "2"], keys.Select(k => Text(made["spec"][k])));
        YamlNode container = made["spec"]["template"]["spec"]["containers"][0];
        Assert.Equal("registry/radapt:1", Text(container["image"]));
        Assert.Equal(["radapt", "study", "run", "/etc/radapt/study.yaml"], ((YamlSequenceNode)container["command"]).Take(4).Select(Text));
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
