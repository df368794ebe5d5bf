namespace Radapt;

/// <summary>
/// Something the user can put right: bad usage, or input that is missing, corrupt, mis-shaped or mislabelled. The message is one
/// line that says what is wrong, where, and what to do; the command line prints it and ends with exit code 2.
/// </summary>
public sealed class RadaptException : Exception
{
    private const int LongestMessage = 1000;
    private const int Tail = 250; // where messages say what to do

    /// <summary>An error without further detail; prefer the overload that carries the line to show.</summary>
    public RadaptException()
        : this("Something in the input is wrong.")
    {
    }

    /// <summary>An error with the line to show.</summary>
    public RadaptException(string message)
        : base(OneLine(message))
    {
    }

    /// <summary>An error with the line to show and the failure beneath it, which is logged but not shown.</summary>
    public RadaptException(string message, Exception? innerException)
        : base(OneLine(message), innerException)
    {
    }

    // File names and table cells may carry line breaks or control characters, or be as long as the file; the promise of one line holds all the same.
    private static string OneLine(string message) =>
        Printable(message.Length <= LongestMessage ? message : $"{message[..(LongestMessage - Tail - 3)]} … {message[^Tail..]}");

    private static string Printable(string message) =>
        string.Create(message.Length, message, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(text[i]) ? ' ' : text[i];
            }
        });
}
