using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>
/// Schematic frontal chest radiographs with two findings of known place: an effusion whitens one base up to a meniscus, cardiomegaly is a
/// heart wider than half of the chest. Anatomy, pose, exposure and noise vary more than the mean brightness that a finding adds. For
/// tests and demonstrations; they stand for no patient.
/// </summary>
internal static class SimplePhantoms
{
    // Places and lengths are shares of the picture's side; brightness runs from 0 (air) to 1 (bone).
    private const double Midline = 0.5;
    private const double Air = 0.04;
    private const double SoftTissue = 0.5;
    private const double Fluid = 0.66;
    private const double ChestHalfWidth = 0.365;
    private const int Ribs = 9;

    /// <summary>Draws one picture: <paramref name="size"/> x <paramref name="size"/> gray levels.</summary>
    public static byte[] Draw(int size, bool effusion, bool cardiomegaly, KeyedRandom random)
    {
        Anatomy anatomy = Anatomy.Draw(effusion, cardiomegaly, ref random);
        double scale = 1 / random.NextDouble(0.92, 1.06);
        (double sin, double cos) = Math.SinCos(random.NextDouble(-0.06, 0.06));
        double shiftX = random.NextDouble(-0.03, 0.03);
        double shiftY = random.NextDouble(-0.03, 0.03);
        double gain = random.NextDouble(0.8, 1.15);
        double gamma = random.NextDouble(0.8, 1.3);
        double veil = random.NextDouble(0, 0.12);
        double noise = random.NextDouble(0.012, 0.035);
        double softness = Math.Max(0.006, 0.5 / size);
        var pixels = new byte[size * size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                double u = (((column + 0.5) / size) - 0.5 - shiftX) * scale;
                double v = (((row + 0.5) / size) - 0.5 - shiftY) * scale;
                double density = Density(anatomy, (cos * u) - (sin * v) + 0.5, (sin * u) + (cos * v) + 0.5, softness);
                double level = veil + (gain * Math.Pow(density, gamma));
                level += noise * random.NextGaussian() * Math.Sqrt(0.3 + level); // quantum noise grows with the signal
                pixels[(row * size) + column] = (byte)Math.Round(255 * Math.Clamp(level, 0, 1));
            }
        }

        return pixels;
    }

    private static double Density(in Anatomy a, double x, double y, double softness)
    {
        double side = Math.Abs(x - Midline);
        double body = Inside(side - 0.095 - (0.385 * Step((y - 0.04) / 0.26)), softness); // neck, shoulders, trunk
        if (body == 0)
        {
            return Air;
        }

        double chest = Inside(Ellipse(x, y, Midline, 0.56, ChestHalfWidth + 0.015, 0.5), softness);
        double tissue = SoftTissue + (0.12 * chest * (1 - (side / ChestHalfWidth)));

        int s = x < Midline ? 0 : 1;
        double diaphragm = a.Dome[s] + DomeDrop(side);
        double lung = Lung(a, x, y, s, softness);
        double aboveDiaphragm = Inside(y - diaphragm, softness);
        double vessels = 0.13 * Math.Exp(-9 * Math.Max(0, Ellipse(x, y, Midline + ((s == 0 ? -1 : 1) * 0.12), 0.46, 0.1, 0.12)));
        double texture = a.Texture * Math.Sin((37 * x) + a.Phase) * Math.Sin((31 * y) + (2 * a.Phase));
        double density = Mix(tissue, a.Aeration + vessels + texture, lung * aboveDiaphragm);

        // Fluid collects at the base of one side and climbs along the chest wall.
        double lateral = Math.Clamp((side - 0.14) / 0.2, 0, 1);
        double meniscus = a.Dome[s] + 0.05 - a.Fluid[s] - (0.07 * lateral * lateral);
        double fluid = a.Fluid[s] > 0 ? lung * Inside(meniscus - y, 3 * softness) : 0;
        density = Mix(density, Fluid, 0.92 * fluid);

        double abdomen = (1 - aboveDiaphragm) * Inside(side - ChestHalfWidth - 0.02, 5 * softness);
        density = Mix(density, 0.64, abdomen * (1 - fluid));
        double heart = Inside(Heart(a, x, y), 1.5 * softness);
        double mediastinum = Inside(side - 0.05 - (0.03 * Math.Exp(-Math.Abs(y - 0.3) * 14)), 1.5 * softness) * Inside(0.1 - y, softness);
        density = Mix(density, 0.67, Math.Max(heart, mediastinum));
        density += 0.05 * Inside(side - 0.03, softness) * (0.7 + (0.3 * Math.Sin(y * 95))); // spine
        density += chest > 0 ? chest * Bones(a, x, y, side, softness) : 0;
        return Mix(Air, density, body);
    }

    // An ellipse whose apex points down to the patient's left.
    private static double Heart(in Anatomy a, double x, double y)
    {
        double dx = x - a.HeartX;
        double dy = y - (a.Dome[1] - 0.1);
        double along = (0.94 * dx) + (0.34 * dy);
        double across = (0.94 * dy) - (0.34 * dx);
        return Ellipse(along, across, 0, 0, 1.02 * a.HeartHalfWidth, 0.09 + (0.28 * a.HeartHalfWidth));
    }

    // The right lung is the left one mirrored; both are cut by the diaphragm below.
    private static double Lung(in Anatomy a, double x, double y, int s, double softness)
    {
        double centre = Midline + ((s == 0 ? -1 : 1) * 0.2);
        double nx = Math.Abs(x - centre) / 0.158;
        double ny = Math.Abs(y - 0.53) / a.LungHalfHeight;
        double distance = (Math.Pow(Math.Pow(nx, 2.6) + Math.Pow(ny, 2.6), 1 / 2.6) - 1) * 0.158;
        return Inside(distance, softness);
    }

    // The dome falls towards the chest wall: the costophrenic angle.
    private static double DomeDrop(double side)
    {
        double t = (side - 0.16) / 0.2;
        return t > 0 ? 0.11 * t * t : 0.03 * t * t;
    }

    private static double Bones(in Anatomy a, double x, double y, double side, double softness)
    {
        double t = side / ChestHalfWidth;
        double bones = 0;
        for (int rib = 0; rib < Ribs; rib++)
        {
            double posterior = 0.13 + (0.078 * rib) - (0.03 * t) + (0.13 * t * t);
            double anterior = posterior + 0.13 - (0.16 * (t - 0.5));
            bones += 0.075 * Inside(Math.Abs(y - posterior) - 0.009, softness);
            bones += t > 0.45 ? 0.035 * Inside(Math.Abs(y - anterior) - 0.01, softness) : 0;
        }

        double clavicle = 0.175 - (0.11 * t) + (a.Tilt * (x - Midline));
        bones += t is > 0.1 and < 1 ? 0.11 * Inside(Math.Abs(y - clavicle) - 0.012, softness) : 0;
        return bones;
    }

    // Approximate signed distance to an ellipse, negative inside.
    private static double Ellipse(double x, double y, double centreX, double centreY, double radiusX, double radiusY)
    {
        double nx = (x - centreX) / radiusX;
        double ny = (y - centreY) / radiusY;
        return (Math.Sqrt((nx * nx) + (ny * ny)) - 1) * Math.Min(radiusX, radiusY);
    }

    // 1 well inside, 0 well outside, smooth across the edge.
    private static double Inside(double distance, double softness) => Step(0.5 - (distance / (4 * softness)));

    private static double Step(double t)
    {
        t = Math.Clamp(t, 0, 1);
        return t * t * (3 - (2 * t));
    }

    private static double Mix(double a, double b, double share) => a + ((b - a) * share);

    /// <summary>What differs from one picture to the next. Pairs are the picture's left (the patient's right) and right side.</summary>
    private readonly record struct Anatomy
    {
        public required double[] Dome { get; init; }

        public required double[] Fluid { get; init; }

        public required double HeartX { get; init; }

        public required double HeartHalfWidth { get; init; }

        public required double LungHalfHeight { get; init; }

        public required double Aeration { get; init; }

        public required double Texture { get; init; }

        public required double Phase { get; init; }

        public required double Tilt { get; init; }

        public static Anatomy Draw(bool effusion, bool cardiomegaly, ref KeyedRandom random)
        {
            double dome = random.NextDouble(0.7, 0.78);
            double level = random.NextDouble(0.09, 0.24);
            int side = random.NextInt32(2);
            double ratio = cardiomegaly ? random.NextDouble(0.57, 0.68) : random.NextDouble(0.38, 0.48); // cardiothoracic ratio
            double halfWidth = ratio * ChestHalfWidth;
            return new Anatomy
            {
                Dome = [dome - random.NextDouble(0, 0.03), dome],
                Fluid = [effusion && side == 0 ? level : 0, effusion && side == 1 ? level : 0],
                HeartX = Midline + (halfWidth * random.NextDouble(0.22, 0.34)), // a third lies right of the midline, two thirds left
                HeartHalfWidth = halfWidth,
                LungHalfHeight = random.NextDouble(0.39, 0.43),
                Aeration = random.NextDouble(0.16, 0.28),
                Texture = random.NextDouble(0.005, 0.025),
                Phase = random.NextDouble(0, 6.28),
                Tilt = random.NextDouble(-0.06, 0.06),
            };
        }
    }
}
