using System.Text;
using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>Pictures of the most confident errors, each with heat maps.</summary>
internal static class ErrorPictures
{
    /// <summary>The section.</summary>
    public static string Html(IReadOnlyList<ConfidentError> errors)
    {
        var html = new StringBuilder("<p class=\"warn\"><strong>These are pictures of patients.</strong> Handle this page as you handle their images.</p>"
            + "<p>Images that the model is most sure about and whose label says the opposite. Look at them: the label may be wrong, the "
            + "image may be unusual, or the model has learned something else than the finding.</p>"
            + "<p class=\"note\">Left: the image as the model sees it. Middle: attention rollout, which patches the model looks at, whatever "
            + "the finding. Right: gradient-weighted attention, which patches raise the score of this finding. Each map is scaled from its "
            + "coolest to its warmest patch. Such maps show where information came from. They do not explain a decision, and they are often wrong about "
            + "small findings.</p>");
        foreach (IGrouping<(string Finding, bool HasFinding), ConfidentError> group in errors.GroupBy(e => (e.Finding, e.HasFinding)))
        {
            (string finding, bool hasFinding) = group.Key;
            html.Append($"<h3>{HtmlPage.Text(finding)}: labelled as {(hasFinding ? "present, lowest" : "absent, highest")} scores</h3>");
            html.Append("<div class=\"errors\">");
            foreach (ConfidentError error in group)
            {
                html.Append($"<figure><div class=\"triple\">{Picture(error, [])}{Picture(error, error.Rollout)}{Picture(error, error.Gradient)}</div>"
                    + $"<figcaption>score {Numbers.Short(error.Probability)}{(error.Name is { } name ? $", {HtmlPage.Text(name)}" : "")}</figcaption></figure>");
            }

            html.Append("</div>");
        }

        return errors.Count == 0 ? "<p>No image scores above 0.5 without a finding, or below with it.</p>" : html.ToString();
    }

    private static string Picture(ConfidentError error, float[] heat)
    {
        float coolest = heat.DefaultIfEmpty().Min(), warmest = heat.DefaultIfEmpty().Max();
        return new EvidencePicture(error.Side, error.Png, [.. heat.Select(h => h - coolest)], Mask: null).ToSvg(
            heat.Length == 0 ? "The image" : "The image with a heat map", warmest > coolest ? warmest - coolest : 1);
    }
}
