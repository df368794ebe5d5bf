using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Radapt.Studies.Launching;

/// <summary>
/// The manifest of an Indexed Job, an index for each cell, with a ConfigMap of the study and its cells. Data, weights and runs are on
/// volumes that the cluster must have; the manifest names them where a reader can change them.
/// </summary>
internal sealed record KubernetesJob
{
    /// <summary>The name of the study.</summary>
    public required string Name { get; init; }

    /// <summary>The study file.</summary>
    public required string Study { get; init; }

    /// <summary>Names of the cells.</summary>
    public required IReadOnlyList<string> Cells { get; init; }

    /// <summary>The container image.</summary>
    public required string Image { get; init; }

    /// <summary>Threads of a cell.</summary>
    public required int Threads { get; init; }

    /// <summary>Most cells at a time.</summary>
    public required int AtATime { get; init; }

    /// <summary>More arguments of <c>radapt study run</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The manifest as YAML.</summary>
    public string Write()
    {
        string name = $"radapt-{Label(Name)}";
        string[] command =
        [
            "radapt", "study", "run", "/etc/radapt/study.yaml", "-o", $"/studies/{Name}", "--data-root", "/data",
            "--weights-root", "/weights", "--task", "/etc/radapt/cells.txt", "--jobs", "1", .. Arguments,
        ];
        return string.Create(CultureInfo.InvariantCulture, $$"""
            # Persistent volume claims to change to yours: radapt-data and radapt-weights (read only), radapt-studies (runs, shared by all nodes).
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: {{name}}
            data:
              study.yaml: |
            {{Block(Study)}}
              cells.txt: |
            {{Block(string.Concat(Cells.Select(c => c + "\n")))}}
            ---
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: {{name}}
            spec:
              completionMode: Indexed
              completions: {{Cells.Count}}
              parallelism: {{Math.Min(AtATime, Cells.Count)}}
              backoffLimitPerIndex: 2
              maxFailedIndexes: {{Cells.Count}}
              template:
                spec:
                  restartPolicy: Never
                  containers:
                    - name: radapt
                      image: {{JsonSerializer.Serialize(Image)}}
                      command: {{JsonSerializer.Serialize(command)}}
                      resources:
                        requests:
                          cpu: {{Threads}}
                      volumeMounts:
                        - {name: study, mountPath: /etc/radapt, readOnly: true}
                        - {name: data, mountPath: /data, readOnly: true}
                        - {name: weights, mountPath: /weights, readOnly: true}
                        - {name: studies, mountPath: /studies}
                  volumes:
                    - name: study
                      configMap: {name: {{name}}}
                    - name: data
                      persistentVolumeClaim: {claimName: radapt-data}
                    - name: weights
                      persistentVolumeClaim: {claimName: radapt-weights}
                    - name: studies
                      persistentVolumeClaim: {claimName: radapt-studies}
            
            """);
    }

    private static string Block(string text) =>
        string.Join('\n', text.TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? l : "    " + l.TrimEnd('\r')));

    // Kubernetes' names have at most 63 small letters, digits and hyphens.
    private static string Label(string name)
    {
        var label = new StringBuilder();
        foreach (char c in name.ToLowerInvariant())
        {
            label.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        }

        string text = label.ToString().Trim('-');
        return text[..Math.Min(50, text.Length)].TrimEnd('-') is { Length: > 0 } fit ? fit : "study";
    }
}
