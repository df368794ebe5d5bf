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

    private RadaptException(string place, string what, Exception? innerException)
        : base(OneLine($"{place}: {what}"), innerException) => (Place, _what) = (place, OneLine(what));

    private readonly string? _what;

    /// <summary>
    /// What the error is in, which the message begins with: a file, or the row of a table; null: the message says it in its own words.
    /// </summary>
    public string? Place { get; }

    /// <summary>The message without <see cref="Place"/>.</summary>
    public string What => _what ?? Message;

    /// <summary>An error in one place, whose name whoever knows a better one may replace; see <see cref="At"/>.</summary>
    /// <param name="place">The file.</param>
    /// <param name="what">What is wrong and what to do, without the file's name.</param>
    /// <param name="innerException">The failure beneath it.</param>
    internal static RadaptException In(string place, string what, Exception? innerException = null) => new(place, what, innerException);

    /// <summary>
    /// The same error under another name of its place, such as the row of a table instead of a file that is named after a patient. The
    /// failure
    /// beneath it is dropped, since its text may hold the path.
    /// </summary>
    internal RadaptException At(string place) => Place is null ? this : new(place, What, null);

    // File names and table cells may carry line breaks or control characters, or be as long as the file; the promise of one line holds all
    // the same.
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
