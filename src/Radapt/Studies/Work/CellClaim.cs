namespace Radapt.Studies.Work;

/// <summary>A cell that this process has taken; its heartbeat goes on until it is given up.</summary>
internal sealed class CellClaim : IJobClaim
{
    private readonly string _path;
    private readonly Func<bool> _isOurs;
    private readonly CancellationTokenSource _lost = new();
    private readonly Timer _timer;
    private readonly Lock _beating = new();
    private bool _isHeld = true;

    /// <param name="path">The claim's file.</param>
    /// <param name="isOurs">Whether no other process has succeeded it.</param>
    /// <param name="interval">Time between two heartbeats.</param>
    public CellClaim(string path, Func<bool> isOurs, TimeSpan interval)
    {
        (_path, _isOurs) = (path, isOurs);
        _timer = new Timer(_ => Beat(), null, interval, interval);
    }

    /// <inheritdoc/>
    public CancellationToken Lost => _lost.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_beating)
        {
            if (!_isHeld)
            {
                return;
            }

            _isHeld = false;
        }

        _timer.Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stands still from now on, and is succeeded.
        }

        _lost.Dispose();
    }

    private void Beat()
    {
        lock (_beating)
        {
            if (!_isHeld)
            {
                return;
            }

            try
            {
                File.SetLastWriteTimeUtc(_path, DateTime.UtcNow);
                if (!_isOurs())
                {
                    _lost.Cancel();
                }
            }
            catch (FileNotFoundException)
            {
                _lost.Cancel(); // this process slept so long that another one took the cell
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // the drive is away for a while
            }
        }
    }
}
