using System.Globalization;
using System.Numerics;
using System.Text;

namespace Radapt.Checkpoints;

/// <summary>
/// Reads a pickle, the program for a stack machine that builds Python objects. Only containers, numbers, strings and tensors are
/// built; a class or function is no more than a name here, and what would be made by it becomes an <see cref="OpaqueValue"/>.
/// </summary>
internal sealed class Unpickler(PickleInput input, TorchObjects torch)
{
    // A state dict of a thousand tensors with its optimizer needs about a hundred thousand of each.
    private const int MaxValues = 4_000_000;
    private const int MaxContainers = 1_000_000;

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private int _values, _containers;

    /// <summary>Runs the program up to its STOP; returns what it leaves on the stack.</summary>
    public object? Load()
    {
        while (true)
        {
            byte code = input.Byte();
            if (code == '.')
            {
                return Pop();
            }

            Execute(code);
        }
    }

    private void Execute(byte code)
    {
        switch ((char)code)
        {
            // Framing.
            case '\x80': Require(input.Byte() <= 5, "its protocol is newer than 5"); break;
            case '\x95': input.Skip(8); break;

            // The stack itself.
            case '(': _marks.Add(_stack.Count); Count(); break;
            case '0': Discard(); break;
            case '1': PopToMark(); break;
            case '2': Push(Top()); break;

            // Numbers.
            case 'N': Push(null); break;
            case '\x88': Push(true); break;
            case '\x89': Push(false); break;
            case 'J': Push((long)(int)input.U32()); break;
            case 'K': Push((long)input.Byte()); break;
            case 'M': Push((long)input.U16()); break;
            case 'I': PushLine(input.Line()); break;
            case 'L': PushLine(input.Line().TrimEnd('L')); break;
            case '\x8a': PushInteger(input.Byte()); break;
            case '\x8b': PushInteger(input.U32()); break;
            case 'G': Push(input.F64()); break;

            // Text and bytes. Python 2 wrote text as bytes.
            case 'X': Push(input.Text(input.U32(), Encoding.UTF8)); break;
            case '\x8c': Push(input.Text(input.Byte(), Encoding.UTF8)); break;
            case '\x8d': Push(input.Text(input.I64(), Encoding.UTF8)); break;
            case 'T': Push(input.Text(input.U32(), Encoding.Latin1)); break;
            case 'U': Push(input.Text(input.Byte(), Encoding.Latin1)); break;
            case 'B': PushBytes(input.U32()); break;
            case 'C': PushBytes(input.Byte()); break;
            case '\x8e' or '\x96': PushBytes(input.I64()); break;

            // Containers.
            case '}': PushContainer(new PickledDictionary()); break;
            case ']': PushContainer(new PickledList()); break;
            case ')': Push(Array.Empty<object?>()); break;
            case 't': PushContainer(PopToMark()); break;
            case '\x85': PushContainer(PopMany(1)); break;
            case '\x86': PushContainer(PopMany(2)); break;
            case '\x87': PushContainer(PopMany(3)); break;
            case 'l': PushList(PopToMark()); break;
            case 'd': PushDictionary(PopToMark()); break;
            case 'a': Append(PopMany(1)); break;
            case 'e': Append(PopToMark()); break;
            case 's': SetItems(PopMany(2)); break;
            case 'u': SetItems(PopToMark()); break;
            case '\x8f': Push(new OpaqueValue("builtins.set")); break;
            case '\x90': PopToMark(); break;
            case '\x91': PopToMark(); Push(new OpaqueValue("builtins.frozenset")); break;

            // Memo.
            case 'q': Memorise(input.Byte()); break;
            case 'r': Memorise(input.U32()); break;
            case '\x94': Memorise((uint)_memo.Count); break;
            case 'h': Push(Recall(input.Byte())); break;
            case 'j': Push(Recall(input.U32())); break;

            // Objects.
            case 'c': Push(new PythonName(input.Line(), input.Line())); break;
            case '\x93': PushName(PopMany(2)); break;
            case 'R': Call(PopMany(2)); break;
            case '\x81': Call(PopMany(2)); break;
            case '\x92': Call(PopMany(3)); break;
            case 'i': Push(new OpaqueValue(new PythonName(input.Line(), input.Line()).Full)); PopBelowTop(); break;
            case 'o': Push(new OpaqueValue(PopToMark() is [PythonName name, ..] ? name.Full : "?")); break;
            case 'b': Pop(); Top(); break; // an object's state: module versions of a state dict, attributes of an opaque object
            case 'Q': Push(torch.PersistentLoad(Pop())); break;

            default: throw input.Malformed($"0x{code:X2} is not an operation of a PyTorch file");
        }
    }

    private void Call(object?[] target)
    {
        Require(target[1] is object?[], "a call has no arguments");
        PushContainer(target[0] is PythonName name ? torch.Call(name, (object?[])target[1]!) : new OpaqueValue("?"));
    }

    private void PushName(object?[] names)
    {
        Require(names is [string { Length: <= 1000 }, string { Length: <= 1000 }], "a class has no name");
        Push(new PythonName((string)names[0]!, (string)names[1]!));
    }

    private void PushLine(string line) =>
        Push(line switch
        {
            "00" => false,
            "01" => true,
            _ => long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                ? number : throw input.Malformed("a number is malformed"),
        });

    private void PushInteger(long size)
    {
        Require(size <= 1024, "an integer has more than 1024 bytes");
        var number = new BigInteger(input.Bytes(size));
        Push(number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number);
    }

    private void PushBytes(long count)
    {
        input.Bytes(count);
        Push(new OpaqueValue("builtins.bytes"));
    }

    private void PushList(object?[] items)
    {
        var list = new PickledList();
        list.Items.AddRange(items);
        PushContainer(list);
    }

    private void PushDictionary(object?[] items)
    {
        PushContainer(new PickledDictionary());
        SetItems(items);
    }

    private void Append(object?[] items)
    {
        if (Top() is PickledList list)
        {
            list.Items.AddRange(items);
        }
        else
        {
            Require(Top() is OpaqueValue, "it appends to something that is not a list");
        }
    }

    private void SetItems(object?[] items)
    {
        Require(items.Length % 2 == 0, "a dictionary has a key without a value");
        if (Top() is PickledDictionary dictionary)
        {
            for (int i = 0; i < items.Length; i += 2)
            {
                dictionary.Items.Add((items[i], items[i + 1]));
            }
        }
        else
        {
            Require(Top() is OpaqueValue, "it sets an item of something that is not a dictionary");
        }
    }

    private void Memorise(uint at)
    {
        Require(at < MaxValues, "its memo has too many places");
        object? value = Top();
        while (_memo.Count <= at)
        {
            _memo.Add(null);
        }

        _memo[(int)at] = value;
        Count();
    }

    private object? Recall(uint at) => at < _memo.Count ? _memo[(int)at] : throw input.Malformed("it refers to a memo place that is empty");

    private void PushContainer(object? value)
    {
        Require(++_containers <= MaxContainers, $"it has more than {MaxContainers} containers");
        Push(value);
    }

    private void Push(object? value)
    {
        Count();
        _stack.Add(value);
    }

    // Every operation that can run without consuming something counts, so that time and memory stay bounded.
    private void Count() => Require(++_values <= MaxValues, $"it has more than {MaxValues} values");

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Underflow();

    private object? Pop() => PopMany(1)[0];

    private void Discard()
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private void PopBelowTop()
    {
        object? top = Pop();
        PopToMark();
        _stack.Add(top);
    }

    private object?[] PopMany(int count)
    {
        int from = _stack.Count - count;
        if (from < Floor)
        {
            throw Underflow();
        }

        object?[] items = [.. _stack[from..]];
        _stack.RemoveRange(from, count);
        return items;
    }

    private object?[] PopToMark()
    {
        Require(_marks.Count > 0, "a mark is missing");
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopMany(_stack.Count - mark);
    }

    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private RadaptException Underflow() => input.Malformed("its stack runs empty");

    private void Require(bool condition, string defect)
    {
        if (!condition)
        {
            throw input.Malformed(defect);
        }
    }
}
