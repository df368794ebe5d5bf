using Radapt.Tests.Build.MadeUp.Lower;

// Two folders that break their order in every way a reference can hide in; FolderOrderTests checks its checker with them.
#pragma warning disable CA1812, CA1822, CA1852, CA1801 // never run
namespace Radapt.Tests.Build.MadeUp.Lower
{
    internal class Thing
    {
        public static int Number() => 1;
    }

    internal interface IThing;
}

namespace Radapt.Tests.Build.MadeUp.Upper
{
    internal sealed class Inherits : Thing;

    internal sealed class Implements : IThing;

    internal sealed class HasField
    {
        internal readonly List<Thing[]> _things = [];
    }

    internal sealed class HasParameter
    {
        internal void Take(Thing? thing) => _ = thing;
    }

    internal sealed class CallsStatic
    {
        internal int Call() => Thing.Number();
    }

    internal sealed class CallsInLambda
    {
        internal Func<int, int> Call() => offset => offset + Thing.Number();
    }

    internal sealed class CallsInIterator
    {
        internal IEnumerable<int> Call()
        {
            yield return Thing.Number();
        }
    }

    internal sealed class CallsInAsync
    {
        internal async Task<int> Call()
        {
            await Task.Yield();
            return Thing.Number();
        }
    }

    internal sealed class NamesType
    {
        internal Type Name() => typeof(Thing);
    }

    internal sealed class Innocent
    {
        internal Innocent Other() => new();
    }
}

namespace Radapt.Tests.Build.MadeUp.Forgotten
{
    internal sealed class Anything;
}
#pragma warning restore CA1812, CA1822, CA1852, CA1801
