using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Radapt.Imaging;

namespace Radapt.Server;

/// <summary>
/// The images of a request, in memory: the framework's own reader of forms would write large parts to disk. Their names are their numbers,
/// since file names may be those of patients.
/// </summary>
internal static class UploadedImages
{
    private const string Multipart = "multipart/form-data";

    /// <summary>Reads the images: the body, or every part with the name <c>image</c> of a form.</summary>
    /// <exception cref="BadHttpRequestException">There is none, or there are more or larger ones than are taken.</exception>
    public static async Task<IReadOnlyList<ImageSource>> ReadAsync(HttpRequest request, ServerOptions options, int most)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals(Multipart, StringComparison.OrdinalIgnoreCase))
        {
            return [await ReadAsync(request.Body, 1, options, request.HttpContext.RequestAborted)];
        }

        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= 128 } given ? given
            : throw new BadHttpRequestException("The form has no boundary, or one of more than 128 characters.");
        var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 8192 };
        var images = new List<ImageSource>();
        try
        {
            while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? part)
                    || HeaderUtilities.RemoveQuotes(part.Name) != "image")
                {
                    throw new BadHttpRequestException("Every part of the form must have the name 'image'.");
                }

                if (images.Count == most)
                {
                    throw new BadHttpRequestException(
                        $"A request has at most {Plural.Count(most, "image")}; send the others in another request.",
                        StatusCodes.Status413PayloadTooLarge);
                }

                images.Add(await ReadAsync(section.Body, images.Count + 1, options, request.HttpContext.RequestAborted));
            }
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw new BadHttpRequestException("The form is damaged or ends too early.", e);
        }

        return images.Count > 0 ? images : throw new BadHttpRequestException("The form has no part with the name 'image'.");
    }

    private static async Task<ImageSource> ReadAsync(Stream body, int number, ServerOptions options, CancellationToken cancellation)
    {
        try
        {
            return await ImageSource.FromStreamAsync(body, $"image {number}", options.ImageBytes, cancellation);
        }
        catch (RadaptException e)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status413PayloadTooLarge, e);
        }
    }
}
