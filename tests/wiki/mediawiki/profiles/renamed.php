<?php
$wgStepTestForms[] = 'renamed';
