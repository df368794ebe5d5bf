using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Checkpoints;

/// <summary>
/// Stored tensors as torch tensors; apart from <see cref="CheckpointFile"/>, so that inspecting a file loads no tensor library.
/// </summary>
internal static class TensorReading
{
    /// <summary>A tensor of the stored shape and element type, on the CPU. The bytes are read straight into its memory.</summary>
    /// <exception cref="RadaptException">There is no tensor of that name, or its bytes are damaged.</exception>
    public static Tensor ReadTensor(this CheckpointFile file, string name)
    {
        TensorInfo info = file.Info(name);
        Tensor tensor = empty([.. info.Shape], info.Type.ToTorch());
        try
        {
            file.CopyTo(name, TensorAddress.Get(tensor), info.Bytes);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>A tensor of weights as float32, whichever float type it is stored in.</summary>
    /// <exception cref="RadaptException">As above, or it holds no floats.</exception>
    public static Tensor ReadFloat32(this CheckpointFile file, string name)
    {
        TensorInfo info = file.Info(name);
        if (!info.Type.IsFloat())
        {
            throw RadaptException.In(file.Path, $"{name} has elements of type {info.Type}, which are not weights.");
        }

        Tensor tensor = file.ReadTensor(name);
        if (info.Type == ElementType.Float32)
        {
            return tensor;
        }

        using (tensor)
        {
            return tensor.to(ScalarType.Float32);
        }
    }

    /// <summary>Reads a tensor into one of its shape, part by part, converting its elements.</summary>
    /// <exception cref="RadaptException">A part is missing or its bytes are damaged.</exception>
    public static void ReadInto(this CheckpointFile file, TensorParts parts, Tensor target)
    {
        long at = 0;
        foreach ((string? name, long zeros) in parts.All)
        {
            using var scope = NewDisposeScope();
            if (name is null)
            {
                target.narrow(parts.Axis, at, zeros).FillInPlace(0);
                at += zeros;
                continue;
            }

            Tensor part = file.ReadTensor(name);
            if (parts.IsWhole)
            {
                target.CopyInPlace(part);
                return;
            }

            target.narrow(parts.Axis, at, part.shape[parts.Axis]).CopyInPlace(part);
            at += part.shape[parts.Axis];
        }
    }
}
