namespace Radapt.Datasets.Published;
