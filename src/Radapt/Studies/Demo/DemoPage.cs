using System.Globalization;
using System.Text;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Pages;
using Radapt.Pretraining;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;

namespace Radapt.Studies.Demo;

/// <summary>The page of a demo: what was done, what came out, what it shows and what it does not.</summary>
/// <param name="result">What came out.</param>
/// <param name="study">Where its runs are.</param>
internal sealed class DemoPage(DemoResult result, StudyFolder study)
{
    private const string Lead =
        "Can a model be adapted to new findings with few labels? This page shows one small experiment, which ran on this "
        + "computer from beginning to end: a tiny vision transformer, synthetic chest radiographs, and three ways to adapt it.";

    /// <summary>The colours of methods; dashed lines start from random weights.</summary>
    private static readonly string[] s_families = ["LoRA", "full fine-tuning", "ridge probe"];

    private StudyTable Table => result.Table;

    /// <summary>Writes the page.</summary>
    /// <exception cref="RadaptException">A run cannot be read, or the page cannot be written.</exception>
    public void Write()
    {
        var page = new HtmlPage(result.Size.IsQuick ? "Radapt demo (quick)" : "Radapt demo", Lead);
        page.Add("short", "In short", InShort());
        page.Add("done", "What was done", Done());
        page.Add("table", "The comparison", ComparisonSection());
        page.Add("limits", "What this does not show", Limits());
        page.Add("pretraining", "Pre-training: learning from images without labels", Pretrained());
        page.Add("curves", "Validation while training", Curves());
        page.Add("roc", "ROC curves on the test images", Roc());
        page.Add("evidence", "Where a model keeps its evidence", Evidence());
        page.Add("words", "Words", Words);
        page.Add("next", "Your own images", Next());
        AtomicFile.WriteText(result.Folder.Page, page.ToString());
    }

    private string InShort() =>
        (result.Size.IsQuick ? "<p><strong>This is the quick demo: so few images and updates that its figures mean nothing.</strong> "
            + "Run it without <code>--quick</code> for figures worth reading.</p>" : "")
        + "<p>Does LoRA, which trains a small part of the model, beat full fine-tuning?</p>"
        + HtmlPage.List(result.OnLora.Select(HtmlPage.Text))
        + "<p>Is pre-training on images without labels worth it?</p>" + HtmlPage.List(result.OnPretraining.Select(HtmlPage.Text))
        + "<p class=\"note\">The numbers of this run decide these sentences. A difference is called "
        + "better or worse where its 95 % interval "
        + "over seeds (Student's t) does not hold 0."
        + (result.Time is { } time ? $" All of it took {Seconds(time)}.</p>" : "</p>");

    private string Done()
    {
        DemoSize size = result.Size;
        int train = size.Labelled * 6 / 10, test = size.Labelled / 5;
        string fractions = string.Join(", ", size.Fractions.Select(f => $"{f.Name} ({Plural.Count(f.Seeds, "seed")})"));
        return "<ol>"
            + $"<li><strong>Images.</strong> {size.Unlabelled:N0} synthetic chest radiographs of 64 x 64 pixels without "
            + $"labels, and {size.Labelled:N0} others "
            + $"with three findings: cardiomegaly, effusion, pneumothorax. {train:N0} are for training, {test:N0} "
            + $"for validation, {test:N0} for the test; "
            + "no patient is in two parts.</li>"
            + "<li><strong>Pre-training.</strong> A masked autoencoder hides three quarters of each unlabelled "
            + "image and learns to predict them. "
            + "It sees no labels.</li>"
            + $"<li><strong>Adaptation.</strong> {HtmlPage.Text(fractions)} of the training labels are used, in three ways: <em>full "
            + "fine-tuning</em> changes every "
            + "weight; <em>LoRA</em> adds small matrices and trains only these; the <em>ridge probe</em> "
            + "leaves the model as it is and solves "
            + "one linear equation on its output. Each starts from the pre-trained weights, and from random weights for comparison.</li>"
            + "<li><strong>Test.</strong> All are scored on the same test images. A seed draws which images "
            + "are labelled; all methods get the same "
            + "images. The learning rate of each method was chosen on validation images, for that method alone; nothing was tuned on "
            + "the difference between methods.</li></ol>";
    }

    private string ComparisonSection()
    {
        var html = new StringBuilder("<table><thead><tr><th>method</th><th>starts from</th>");
        foreach (TableAxis fraction in Table.Columns)
        {
            html.Append($"<th class=\"number\">{HtmlPage.Text(fraction.Title)} of labels</th>");
        }

        html.Append("</tr></thead><tbody>");
        foreach (TableAxis method in Table.Rows)
        {
            html.Append($"<tr><td>{HtmlPage.Text(method.Level(StudyFactor.Method)!.Title)}</td><td>{HtmlPage.Text(method.Level(StudyFactor.Weights)!.Title)}</td>");
            foreach (TableAxis fraction in Table.Columns)
            {
                html.Append(Table.Cell(method, fraction) is not { Mean: { } mean } cell ? "<td class=\"number\">–</td>"
                    : $"<td class=\"number{(Table.Best(fraction) == method ? " best" : "")}\">{TableSentences.Figure(mean)}"
                        + (cell.Deviation is { } sd ? $" <span class=\"sd\">± {TableSentences.Figure(sd)}</span></td>" : "</td>"));
            }

            html.Append("</tr>");
        }

        html.Append(
            "</tbody></table><p class=\"note\">Test AUROC, mean of three findings: 0.5 is chance, 1 is perfect. "
                + "Mean over seeds ± standard deviation over "
            + "seeds; the highest mean of each column is bold. –: left out, since it takes long and tells little. "
            + "With all labels, nothing about the ridge probe from MAE weights is random.</p>");
        return html + OverFractions();
    }

    private string OverFractions()
    {
        ChartSeries[] series = [.. Table.Rows.Select(m => Series(m,
            [.. Table.Columns.Index().Where(f => Table.Cell(m, f.Item)?.Mean is not null)
                .Select(f => ((double)f.Index, Table.Cell(m, f.Item)!.Mean!.Value))]) with
        {
            HasMarks = true,
            Dots = [.. Table.Columns.Index().SelectMany(f => Seeds(m, f.Item).Select(v => ((double)f.Index, v)))],
        })];
        double[] values = [.. series.SelectMany(s => s.Dots).Select(d => d.Y)];
        int last = Table.Columns.Count - 1;
        var chart = new LineChart("Test AUROC by share of the labels",
            new ChartAxis("labels used", -0.2, last + 0.2, [.. Table.Columns.Index().Select(f => ((double)f.Index, f.Item.Title))]),
            ChartAxis.For("AUROC", values), series)
        {
            Width = 640,
            Height = 320,
        };
        return LineChart.Legend(series) + $"<div class=\"wide\">{chart.ToSvg()}</div><p class=\"note\">Small dots are single seeds.</p>";
    }

    private IEnumerable<double> Seeds(TableAxis method, TableAxis fraction) =>
        Table.Cell(method, fraction)?.Overall.Values.Values ?? [];

    private string Limits() => HtmlPage.List(
    [
        "Nothing about patients. The images are drawn by a program; real findings look different, "
            + "vary more, and have other causes of error.",
        "Nothing about foundation models. This one has 0.8 million weights and saw "
            + $"{result.Size.Unlabelled:N0} images; the models that Radapt is made for have a hundred times as many "
            + "weights and saw hundreds of thousands.",
        $"Little about small differences. The test has {result.Size.Labelled / 5:N0} images, the same for all seeds, so an AUROC would be "
            + "another by two or three hundredths with other test images. The spread over seeds does not contain that.",
        "Nothing about other settings. Each method has one recipe, and fine-tuning is short: at most some 200 updates. "
            + "The ridge probe needs none, since "
            + "its equation is solved exactly. Where it is far ahead and the validation curves below still rise, "
            + "longer fine-tuning could change the order.",
    ]);

    private string Pretrained()
    {
        IReadOnlyList<EpochResult> epochs = DemoFolder.ReadEpochs(result.Folder.Pretraining);
        ChartSeries[] series =
        [
            new ChartSeries("training images", 4, [.. epochs.Select(e => ((double)e.Epoch, e.TrainLoss))]),
            new ChartSeries("held-out images", 2, [.. epochs.Where(e => e.Figure(MaskedImageTask.HeldOutLoss) is not null)
                .Select(e => ((double)e.Epoch, e.Figure(MaskedImageTask.HeldOutLoss)!.Value))]) { HasMarks = true },
        ];
        var chart = new LineChart("Loss of the masked autoencoder", Epochs(epochs.Count),
            ChartAxis.For("mean squared error", series.SelectMany(s => s.Points).Select(p => p.Y).Append(0)), series)
        {
            Width = 640,
            Height = 280,
        };
        string sheet = Path.Combine(new RunFolder(result.Folder.Pretraining).ReconstructionFolder, $"epoch-{epochs.Count}.png");
        return "<p>The model sees the patches that are left (middle row) and predicts the others (bottom row). The "
            + "top row has the whole images, which were "
            + "held out: the model never saw them in training. Outlines come back; what could be anywhere, "
            + "such as a small finding, cannot.</p>"
            + "<img class=\"sheet\" alt=\"Held-out images, what the model sees of them, and what it predicts\" "
            + $"src=\"{HtmlPage.Data(File.ReadAllBytes(sheet))}\">"
            + LineChart.Legend(series) + $"<div class=\"wide\">{chart.ToSvg()}</div>"
            + "<p class=\"note\">Gray values have mean 0 and standard deviation 1, so that a loss of 1 is a guess of plain gray.</p>";
    }

    private string Curves()
    {
        TableAxis[] trained = [.. Table.Rows.Where(m => m.Level(StudyFactor.Method)!.Key != DemoRecipe.Ridge)];
        var charts = new StringBuilder();
        List<(TableAxis Fraction, ChartSeries[] Series)> all = [.. Table.Columns.Select(f => (f, trained
            .Select(m => Series(m, ValidationCurve(m, f))).Where(s => s.Points.Count > 0).ToArray()))];
        var axis = ChartAxis.For("validation AUROC", all.SelectMany(a => a.Series).SelectMany(s => s.Points).Select(p => p.Y));
        foreach ((TableAxis fraction, ChartSeries[] series) in all)
        {
            int epochs = (int)series.SelectMany(s => s.Points).Max(p => p.X);
            charts.Append(new LineChart($"{fraction.Title} of the labels", Epochs(epochs), axis,
                [.. series.Select(s => s with { HasMarks = true })]).ToSvg());
        }

        return "<p>After some epochs (passes over the labelled images) each model is scored on validation images; "
            + "the best epoch is the one that is tested. "
            + "Mean over seeds. The ridge probe has no epochs.</p>"
            + LineChart.Legend(trained.Select(m => Series(m, []))) + $"<div class=\"charts\">{charts}</div>";
    }

    private (double X, double Y)[] ValidationCurve(TableAxis method, TableAxis fraction) =>
    [
        .. Runs(method, fraction).SelectMany(DemoFolder.ReadEpochs)
            .Where(e => e.Figure("auroc") is not null)
            .GroupBy(e => e.Epoch).OrderBy(g => g.Key).Select(g => ((double)g.Key, g.Average(e => e.Figure("auroc")!.Value))),
    ];

    private string Roc()
    {
        var charts = new StringBuilder();
        var axis = ChartAxis.Regular("", 0, 1, 0.25);
        foreach (TableAxis fraction in Table.Columns)
        {
            ChartSeries[] series = [.. Table.Rows.Select(m => Series(m, MeanRoc(m, fraction))).Where(s => s.Points.Count > 0)];
            charts.Append(new LineChart($"{fraction.Title} of the labels", axis with { Title = "false-positive rate" },
                axis with { Title = "sensitivity" }, series)
            {
                HasDiagonal = true,
                Height = 320,
            }.ToSvg());
        }

        return "<p>Where to draw the line between \"finding\" and \"no finding\" is a choice: a low threshold finds more (high "
            + "sensitivity) and raises more false "
            + "alarms (high false-positive rate). A curve shows all choices; the AUROC is the area under "
            + "it. Mean over findings and seeds.</p>"
            + LineChart.Legend(Table.Rows.Select(m => Series(m, []))) + $"<div class=\"charts\">{charts}</div>";
    }

    private IEnumerable<string> Runs(TableAxis method, TableAxis fraction) =>
        Table.Cell(method, fraction)?.Runs.Select(r => study.RunOf(r.Cell.Name)) ?? [];

    private IReadOnlyList<(double X, double Y)> MeanRoc(TableAxis method, TableAxis fraction)
    {
        List<IReadOnlyList<RocPoint>> curves = [];
        foreach (string run in Runs(method, fraction))
        {
            LabelledScores scores = PredictionTable.Read(new RunFolder(run).PredictionsFile);
            int findings = scores.Findings.Count;
            for (int f = 0; f < findings; f++)
            {
                sbyte[] labels = [.. scores.Labels.Where((_, i) => i % findings == f)];
                double[] logits = [.. scores.Logits.Where((_, i) => i % findings == f).Select(l => (double)l)];
                if (RocCurve.Compute(labels, logits) is { } curve)
                {
                    curves.Add(curve);
                }
            }
        }

        return curves.Count == 0 ? [] : MeanRocCurve.Compute(curves);
    }

    private string Evidence()
    {
        StudyCell shown = Table.Cell(result.Row(DemoRecipe.Pretrained, DemoRecipe.Lora), Table.Columns[^1])!.Runs[0].Cell;
        string run = study.RunOf(shown.Name);
        var html =
            new StringBuilder(
                "<p>How much each patch of an image raises (red) or lowers (blue) the score of a finding, beside the same patch of images "
            + "without the finding. The yellow outline is where the finding truly is: the program that drew the image knows. "
            + $"The model: {HtmlPage.Text(shown.Title)}.</p>"
            + "<p class=\"note\">Before the comparison, the parts add up to the score exactly. But a patch also holds what the model "
            + "brought there from elsewhere in the image, so red "
            + "beside the outline is not always an error, and red inside is not always understanding.</p>");
        foreach (DemoEvidence finding in DemoEvidence.Compute(run, result.Folder.Labelled, RunPlan.Read(run)))
        {
            html.Append($"<h3>{HtmlPage.Text(finding.Finding)}</h3><div class=\"pictures\">");
            foreach ((EvidencePicture picture, float logit) in finding.Pictures)
            {
                string probability = Scoring.Probability(logit).ToString("0.00", CultureInfo.InvariantCulture);
                html.Append($"<figure>{picture.ToSvg($"A test image with {finding.Finding}", finding.Scale)}"
                    + $"<figcaption>has it; predicted probability {probability}</figcaption></figure>");
            }

            html.Append("</div>");
        }

        return html.ToString();
    }

    private static string Next() => "<p>The same steps with your own radiographs:</p><pre>"
        + HtmlPage.Text(
            """
            radapt pretrain mae UNLABELLED-FOLDER --out runs/mae      # or weights that others publish: radapt weights
            radapt finetune --data labels.csv --weights runs/mae --out runs/first
            radapt evaluate runs/first
            radapt predict runs/first NEW-IMAGES -o predictions.csv
            """)
        + "</pre><p>A table that shows the format is in the folder of this demo: <code>phantoms/labelled/labels.csv</code>. "
        + "Every run of the demo is a "
        + "run folder in <code>runs/</code>, with its recipe, its figures and its predictions.</p>"
        + "<p class=\"note\">Radapt is research software. It is not a medical device and must not be used for clinical decisions.</p>";

    private const string Words = """
        <dl>
        <dt>AUROC</dt><dd>The probability that an image with the finding gets a higher score than one without it.</dd>
        <dt>seed</dt><dd>A number that decides everything random. Several seeds show how much of a figure is luck.</dd>
        <dt>fine-tuning</dt><dd>Training a model that has learned something else before, for a new task.</dd>
        <dt>LoRA</dt><dd>Low-rank adaptation: the weights stay as they are, and two small matrices beside some of them are trained.</dd>
        <dt>ridge probe</dt><dd>Ridge regression on the output of a frozen model. It takes a second and is what fine-tuning has to beat.</dd>
        <dt>masked autoencoder (MAE)</dt><dd>A model that learns to predict hidden parts of images. It needs no labels.</dd>
        <dt>patch</dt><dd>A square of 8 x 8 pixels: the unit that the transformer reads.</dd>
        <dt>phantom</dt><dd>A synthetic radiograph, drawn from rules about chests and findings.</dd>
        </dl>
        """;

    private static ChartSeries Series(TableAxis method, IReadOnlyList<(double X, double Y)> points) =>
        new(method.Title, 1 + Array.IndexOf(s_families, method.Level(StudyFactor.Method)!.Title), points)
        {
            IsDashed = method.Level(StudyFactor.Weights)!.Key == DemoRecipe.Random,
        };

    private static ChartAxis Epochs(int epochs)
    {
        int step = Math.Max(1, epochs / 4);
        return new ChartAxis("epoch", Math.Min(1, epochs - 1), epochs,
            [.. Enumerable.Range(1, epochs).Where(e => e % step == 0 || (e == 1 && step > 1))
                .Select(e => ((double)e, e.ToString(CultureInfo.InvariantCulture)))]);
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture,
        $"{(time.TotalSeconds < 100 ? $"{time.TotalSeconds:0} s" : $"{(int)time.TotalMinutes} min {time.Seconds} s")}");
}
