using System.Globalization;

namespace Radapt.Checkpoints;

/// <summary>
/// Names the tensors of nested containers by their paths: dictionary keys and list positions joined by '.'. Objects that stayed opaque
/// are listed, and refused where they are among the tensors of a state dict: a weight would be lost in silence.
/// </summary>
internal sealed class StateDictNames(FileBytes file, ReadingBudget budget)
{
    private const int MaxDepth = 100;
    private const int MaxPath = 1000;
    private const int MaxNameCharacters = 32 << 20;
    private const int MaxOpaque = 1000;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<object> _barren = new(ReferenceEqualityComparer.Instance); // containers without anything to name
    private int _nameCharacters;

    public List<(string Name, PickledTensor Tensor)> Tensors { get; } = [];

    /// <summary>Name and class of the objects left opaque, the first thousand.</summary>
    public List<(string Name, string Class)> Opaque { get; } = [];

    /// <summary>Numbers and short strings at the top level, such as <c>epoch</c>.</summary>
    public SortedDictionary<string, string> Scalars { get; } = new(StringComparer.Ordinal);

    public void Collect(object? root)
    {
        Visit(root, "", 0);
        if (Tensors.Count == 0)
        {
            throw RadaptException.In(file.Path, root is OpaqueValue opaque
                ? $"this file contains a Python object ({opaque.Class}) instead of tensors; save the model's state dict: "
                    + "torch.save(model.state_dict(), \"weights.pth\")."
                : "this file contains no "
                    + $"tensors{(Opaque.Count > 0 ? $", only objects such as {Opaque[0].Name} ({Opaque[0].Class})" : "")}; save the "
                    + "model's state dict: torch.save(model.state_dict(), \"weights.pth\").");
        }
    }

    private void Visit(object? value, string path, int depth)
    {
        if (value is not null && _barren.Contains(value))
        {
            return;
        }

        budget.Spend(1); // a container that several others share is visited once for every path to it
        if (depth > MaxDepth || _nameCharacters > MaxNameCharacters)
        {
            throw file.Damaged($"its containers are nested too deeply or refer to each other too often (at {Shortened(path)})");
        }

        int found = Tensors.Count + Opaque.Count;
        switch (value)
        {
            case PickledTensor tensor:
                _nameCharacters += path.Length;
                if (Tensors.Count == CheckpointFile.MaxTensors)
                {
                    throw file.Damaged($"it names more than {CheckpointFile.MaxTensors} tensors");
                }

                if (!_names.Add(path))
                {
                    throw file.Damaged($"two of its tensors are named {path}");
                }

                Tensors.Add((path.Length > 0 ? path : "tensor", tensor));
                break;
            case PickledDictionary dictionary:
                VisitDictionary(dictionary, path, depth);
                break;
            case PickledList list:
                VisitSequence(list.Items, path, depth);
                break;
            case object?[] tuple:
                VisitSequence(tuple, path, depth);
                break;
            case OpaqueValue opaque when Opaque.Count < MaxOpaque:
                Opaque.Add((path, opaque.Class));
                break;
            case long or double or bool or string { Length: < 200 } when depth == 1:
                Scalars[path] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                break;
        }

        if (value is PickledDictionary or PickledList or object?[] && Tensors.Count + Opaque.Count == found)
        {
            _barren.Add(value);
        }
    }

    private void VisitSequence(IReadOnlyList<object?> items, string path, int depth)
    {
        budget.Spend(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            VisitItem(items[i], path, i.ToString(CultureInfo.InvariantCulture), depth);
        }
    }

    private void VisitDictionary(PickledDictionary dictionary, string path, int depth)
    {
        budget.Spend(4L * dictionary.Items.Count); // looking up a key costs about as much as four items
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        bool holdsTensors = false;
        for (int i = 0; i < dictionary.Items.Count; i++)
        {
            (object? key, object? value) = dictionary.Items[i];
            holdsTensors |= value is PickledTensor;
            if (key is string or long)
            {
                last[Convert.ToString(key, CultureInfo.InvariantCulture)!] = i;
            }
        }

        // A key that is set again keeps its first place and takes its last value, as in Python.
        foreach ((string key, int i) in last)
        {
            object? value = dictionary.Items[i].Value;
            if (holdsTensors && value is OpaqueValue { IsUsual: false } stranger)
            {
                throw RadaptException.In(file.Path,
                    $"'{Shortened(Joined(path, key))}' is listed among the tensors, but is an object of {stranger.Class}, whose code "
                        + "Radapt does not run; save the plain state dict.");
            }

            VisitItem(value, path, key, depth);
        }
    }

    private void VisitItem(object? value, string path, string key, int depth)
    {
        if (value is PickledTensor or PickledDictionary or PickledList or object?[] or OpaqueValue || depth == 0)
        {
            string name = Joined(path, key);
            Visit(value, name.Length <= MaxPath ? name : throw file.Damaged($"a name is longer than {MaxPath} characters"), depth + 1);
        }
    }

    private static string Joined(string path, string key) => path.Length > 0 ? $"{path}.{key}" : key;

    private static string Shortened(string path) => path.Length <= 100 ? path : path[..100] + "…";
}
