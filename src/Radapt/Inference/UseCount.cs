namespace Radapt.Inference;

/// <summary>
/// Who uses an object at the moment, so that it is not taken apart below them: closing waits for uses that have begun, and no other begins
/// after that. Any thread may call at any time.
/// </summary>
/// <param name="owner">The object's type, for errors.</param>
internal sealed class UseCount(Type owner)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _uses;
    private bool _isClosed;

    /// <summary>Begins a use; <see cref="End"/> ends it.</summary>
    /// <exception cref="ObjectDisposedException">Closed.</exception>
    public void Begin() => ObjectDisposedException.ThrowIf(!TryBegin(), owner);

    /// <summary>Begins a use unless it is closed.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            _uses += _isClosed ? 0 : 1;
            return !_isClosed;
        }
    }

    /// <summary>Ends a use.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (--_uses == 0 && _isClosed)
            {
                _unused.SetResult();
            }
        }
    }

    /// <summary>Throws where it is closed.</summary>
    /// <exception cref="ObjectDisposedException">Closed.</exception>
    public void Require()
    {
        Begin();
        End();
    }

    /// <summary>Closes it, and completes once nobody uses it.</summary>
    /// <returns>Whether this call was the first; the others wait alike.</returns>
    public async Task<bool> CloseAsync()
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = !_isClosed;
            _isClosed = true;
            if (isFirst && _uses == 0)
            {
                _unused.SetResult();
            }
        }

        await _unused.Task.ConfigureAwait(false);
        return isFirst;
    }

    /// <summary>The same for callers that block.</summary>
    public bool Close() => CloseAsync().GetAwaiter().GetResult();
}
