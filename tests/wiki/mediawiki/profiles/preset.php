<?php
$wgStepTestForms[] = 'preset';
