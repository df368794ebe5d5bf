using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Radapt.Server;

/// <summary>What went wrong, as RFC 9457 has it.</summary>
internal static class Problems
{
    /// <summary>A problem.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="detail">A line on what is wrong and what to do.</param>
    public static IResult Result(int status, string detail) =>
        Results.Problem(title: ReasonPhrases.GetReasonPhrase(status), detail: detail, statusCode: status);

    /// <summary>The problem that an exception is. What it says is shown only where it is meant for users.</summary>
    public static IResult From(Exception error) => error switch
    {
        BadHttpRequestException bad => Result(bad.StatusCode, bad.Message),
        RadaptException wrong => Result(StatusCodes.Status422UnprocessableEntity, wrong.Message),
        ObjectDisposedException => Result(StatusCodes.Status503ServiceUnavailable, "The service is stopping; ask another one."),
        OperationCanceledException => Result(StatusCodes.Status503ServiceUnavailable, "The request took too long; try again later."),
        _ => Result(StatusCodes.Status500InternalServerError, "The service failed; its log says more."),
    };
}
