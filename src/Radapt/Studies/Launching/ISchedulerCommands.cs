namespace Radapt.Studies.Launching;

/// <summary>The commands of a scheduler on this machine.</summary>
internal interface ISchedulerCommands
{
    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">Such as <c>squeue</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote, and whether its exit code was 0.</returns>
    /// <exception cref="RadaptException">It cannot be started.</exception>
    (bool Succeeded, string Output, string Error) Run(string command, params IReadOnlyList<string> arguments);
}
