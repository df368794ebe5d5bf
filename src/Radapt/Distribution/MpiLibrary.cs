using System.Runtime.InteropServices;
using System.Text;

namespace Radapt.Distribution;

/// <summary>
/// The functions of Open MPI that Radapt calls. In Open MPI, MPI's handles are addresses of global symbols of the library, so no C header
/// is needed. Other implementations of MPI (MPICH, Intel MPI) have another binary interface and are rejected.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const int Serialized = 2; // MPI_THREAD_SERIALIZED: any thread, one at a time
    private const int LongestMessage = 256; // MPI_MAX_ERROR_STRING

    private static readonly string[] s_names = OperatingSystem.IsMacOS() ? ["libmpi.40.dylib", "libmpi.dylib"]
        : ["libmpi.so.40", "libmpi.so"]; // 40: Open MPI 4 and 5

    private readonly delegate* unmanaged<nint*, nint*, int, int*, int> _init;
    private readonly delegate* unmanaged<nint, int*, int> _rank;
    private readonly delegate* unmanaged<nint, int*, int> _size;
    private readonly delegate* unmanaged<nint, nint, int> _setErrorHandler;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int> _startAllGather;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> _allGather;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> _allToAll;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged<nint*, int*, nint, int> _test;
    private readonly delegate* unmanaged<int, byte*, int*, int> _errorString;
    private readonly delegate* unmanaged<nint, int, int> _abort;
    private readonly delegate* unmanaged<int> _finalize;
    private readonly nint _world;
    private readonly nint _byte;

    /// <summary>Loads the library and joins the job that <c>mpirun</c> started.</summary>
    /// <exception cref="RadaptException">The library cannot be found, or is not Open MPI.</exception>
    public MpiLibrary()
    {
        nint library = Load();
        nint Find(string name) => NativeLibrary.TryGetExport(library, name, out nint address) ? address
            : throw new RadaptException($"The MPI library has no {name}: it is not Open MPI 4 or 5, which radapt needs.");

        _world = Find("ompi_mpi_comm_world");
        _byte = Find("ompi_mpi_byte");
        _init = (delegate* unmanaged<nint*, nint*, int, int*, int>)Find("MPI_Init_thread");
        _rank = (delegate* unmanaged<nint, int*, int>)Find("MPI_Comm_rank");
        _size = (delegate* unmanaged<nint, int*, int>)Find("MPI_Comm_size");
        _setErrorHandler = (delegate* unmanaged<nint, nint, int>)Find("MPI_Comm_set_errhandler");
        _startAllGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int>)Find("MPI_Iallgather");
        _allGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Find("MPI_Allgather");
        _allToAll = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Find("MPI_Alltoall");
        _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Find("MPI_Bcast");
        _test = (delegate* unmanaged<nint*, int*, nint, int>)Find("MPI_Test");
        _errorString = (delegate* unmanaged<int, byte*, int*, int>)Find("MPI_Error_string");
        _abort = (delegate* unmanaged<nint, int, int>)Find("MPI_Abort");
        _finalize = (delegate* unmanaged<int>)Find("MPI_Finalize");
        int provided = 0;
        Check(_init(null, null, Serialized, &provided));
        Check(_setErrorHandler(_world, Find("ompi_mpi_errors_return")));
        if (provided < Serialized)
        {
            throw new RadaptException("This Open MPI was built without support for threads; install one that has it.");
        }
    }

    /// <summary>The number of this process.</summary>
    public int Rank
    {
        get
        {
            int rank = 0;
            Check(_rank(_world, &rank));
            return rank;
        }
    }

    /// <summary>How many processes there are.</summary>
    public int Size
    {
        get
        {
            int size = 0;
            Check(_size(_world, &size));
            return size;
        }
    }

    /// <summary>Begins to gather blocks of one size; both must stay where they are until <see cref="IsDone"/> says so.</summary>
    /// <returns>The request to ask for.</returns>
    public nint StartGather(byte* own, int bytes, byte* all)
    {
        nint request = 0;
        Check(_startAllGather(own, bytes, _byte, all, bytes, _byte, _world, &request));
        return request;
    }

    /// <summary>Works on a request, and says whether it is done; it is then gone.</summary>
    public bool IsDone(ref nint request)
    {
        int done = 0;
        fixed (nint* asked = &request)
        {
            Check(_test(asked, &done, 0)); // 0: MPI_STATUS_IGNORE
        }

        return done != 0;
    }

    /// <summary>Gathers blocks of one size on all ranks.</summary>
    public void Gather(byte* own, int bytes, byte* all) => Check(_allGather(own, bytes, _byte, all, bytes, _byte, _world));

    /// <summary>Sends each rank its block.</summary>
    public void Exchange(byte* sent, byte* received, int bytesOfBlock) =>
        Check(_allToAll(sent, bytesOfBlock, _byte, received, bytesOfBlock, _byte, _world));

    /// <summary>Overwrites bytes by those of rank 0.</summary>
    public void Broadcast(byte* data, int bytes) => Check(_broadcast(data, bytes, _byte, 0, _world));

    /// <summary>Ends all processes of the job.</summary>
    public void Abort(int code) => _ = _abort(_world, code);

    /// <summary>Leaves the job, which all ranks do together.</summary>
    public void Finish() => Check(_finalize());

    private static nint Load()
    {
        foreach (string name in s_names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return library;
            }
        }

        throw new RadaptException($"mpirun started radapt as one of several ranks, but Open MPI's library {s_names[0]} cannot be loaded. "
            + "Install Open MPI on every host (Debian and Ubuntu: openmpi-bin), or add its folder to LD_LIBRARY_PATH.");
    }

    private void Check(int code)
    {
        if (code == 0)
        {
            return;
        }

        byte* text = stackalloc byte[LongestMessage];
        int length = 0;
        string said = _errorString(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, length) : $"error {code}";
        throw new RadaptException($"Open MPI: {said}. The ranks cannot go on together; resume the run with --resume.");
    }
}
